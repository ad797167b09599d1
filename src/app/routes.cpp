#include "app/app.h"

#include "access/browser_handlers.h"
#include "access/exchange_handlers.h"
#include "access/link_handlers.h"
#include "access/lock_handlers.h"
#include "access/otp_handlers.h"
#include "access/stats_handlers.h"
#include "access/validation_handlers.h"
#include "admin/admin_handlers.h"
#include "admin/console_handlers.h"
#include "admin/factor_handlers.h"
#include "app/login_page_handlers.h"
#include "app/operations_handlers.h"
#include "app/parts.h"
#include "app/web_handlers.h"
#include "biometrics/biometric_handlers.h"
#include "biometrics/face_compare_handlers.h"
#include "biometrics/face_handlers.h"
#include "biometrics/picture_field_handlers.h"
#include "delivery/inbox_handlers.h"
#include "delivery/message_handlers.h"
#include "delivery/receipt_handlers.h"
#include "delivery/sender_handlers.h"
#include "delivery/template_handlers.h"
#include "events/audit_handlers.h"
#include "events/event_handlers.h"
#include "fraud/fraud_handlers.h"
#include "projects/flow_handlers.h"
#include "projects/method_handlers.h"
#include "projects/project_handlers.h"
#include "sources/source_handlers.h"
#include "tokens/key_handlers.h"
#include "tokens/token_handlers.h"
#include "users/import_handlers.h"
#include "users/user_handlers.h"
#include "webhooks/webhook_delivery_handlers.h"
#include "webhooks/webhook_handlers.h"

namespace accessd::app {
namespace {

/// Binds a handler's method: call(tokens, &TokenHandlers::issue).
template <class Handlers>
http::Handler call(Handlers& handlers,
                   Result<http::Response> (Handlers::*method)(const http::Request&))
{
    return
        [&handlers, method](const http::Request& request) { return (handlers.*method)(request); };
}

}  // namespace

/// The whole API on one page: method, path, who may call, which function answers.
void App::add_api_routes(Parts& parts, bool with_docs)
{
    using access::BrowserHandlers;
    using access::ExchangeHandlers;
    using access::LinkHandlers;
    using access::LockHandlers;
    using access::OtpHandlers;
    using access::StatsHandlers;
    using access::ValidationHandlers;
    using admin::AdminHandlers;
    using admin::ConsoleHandlers;
    using admin::FactorHandlers;
    using biometrics::BiometricHandlers;
    using biometrics::FaceCompareHandlers;
    using biometrics::FaceHandlers;
    using delivery::InboxHandlers;
    using delivery::MessageHandlers;
    using delivery::ReceiptHandlers;
    using delivery::SenderHandlers;
    using delivery::TemplateHandlers;
    using events::AuditHandlers;
    using events::EventHandlers;
    using fraud::FraudHandlers;
    using projects::FlowHandlers;
    using projects::MethodHandlers;
    using projects::ProjectHandlers;
    using sources::SourceHandlers;
    using tokens::KeyHandlers;
    using tokens::TokenHandlers;
    using users::ImportHandlers;
    using users::UserHandlers;
    using webhooks::WebhookDeliveryHandlers;
    using webhooks::WebhookHandlers;

    constexpr std::nullopt_t anyone = std::nullopt;
    constexpr auto any_token = http::Scope::Any;
    constexpr auto access = http::Scope::Access;
    constexpr auto manage = http::Scope::Manage;
    constexpr auto read = http::Scope::Read;
    // What a browser's token reaches too, within its own login: every such handler asks for it.
    constexpr auto access_or_browser = http::Scope::AccessOrBrowser;
    constexpr auto read_or_browser = http::Scope::ReadOrBrowser;
    // The same, and the token of the validation that the route is about.
    constexpr auto access_or_person = http::Scope::AccessOrPerson;

    // What a POST with an Idempotency-Key answers is kept: for a day, or briefly if it holds a secret.
    const auto once = [&](std::string route, http::Handler handler) {
        return parts.idempotency.once(std::move(route), Idempotency::kLife, std::move(handler));
    };
    const auto once_secret = [&](std::string route, http::Handler handler) {
        return parts.idempotency.once(std::move(route), Idempotency::kLifeOfSecrets,
                                      std::move(handler));
    };

    // What can't be taken back asks people, not keys, for a factor that they showed just now.
    const auto fresh = [&](http::Handler handler) {
        return admin::with_fresh_factor(parts.clock, std::move(handler));
    };

    auto& router = api_router_;
    auto& ops = parts.operations_handlers;
    router.get("/healthz", anyone, call(ops, &OperationsHandlers::healthz));
    router.get("/readyz", anyone, call(ops, &OperationsHandlers::readyz));
    router.get("/version", anyone, call(ops, &OperationsHandlers::version));
    router.get("/openapi.json", anyone, call(ops, &OperationsHandlers::openapi));
    if (with_docs) {
        router.get("/docs", anyone, call(ops, &OperationsHandlers::docs));
        router.get("/docs/{file}", anyone, call(ops, &OperationsHandlers::docs));
    }

    // Pages that the build made of web/. The console finds its own way from each of its addresses.
    auto& web = parts.web_handlers;
    router.get("/console", anyone, call(web, &WebHandlers::console));
    router.get("/console/{page}", anyone, call(web, &WebHandlers::console));
    router.get("/console/{page}/{item}", anyone, call(web, &WebHandlers::console));
    router.get("/console/{page}/{item}/{part}", anyone, call(web, &WebHandlers::console));
    router.get("/console/assets/{file}", anyone, call(web, &WebHandlers::console_asset));
    auto& login_page = parts.login_page_handlers;
    router.get("/login/{slug}", anyone, call(login_page, &LoginPageHandlers::page));
    router.get("/login/assets/{file}", anyone, call(login_page, &LoginPageHandlers::asset));
    router.get("/accessd.js", anyone, call(login_page, &LoginPageHandlers::site_script));

    // Tokens and keys: api.md, sections 2, 7 and 12.
    auto& tokens = parts.token_handlers;
    router.get("/.well-known/jwks.json", anyone, call(tokens, &TokenHandlers::jwks));
    router.post("/v2/access/auth/token", anyone,
                once_secret("auth/token", call(tokens, &TokenHandlers::issue)));
    router.post("/v2/access/auth/renew", any_token,
                once_secret("auth/renew", call(tokens, &TokenHandlers::renew)));
    router.post("/v2/access/auth/revoke", any_token,
                call(tokens, &TokenHandlers::revoke_api_token));
    router.post("/v2/access/tokens/introspect", access, call(tokens, &TokenHandlers::introspect));
    router.post("/v2/access/tokens/revoke", access,
                call(tokens, &TokenHandlers::revoke_login_token));

    auto& keys = parts.key_handlers;
    router.post("/v2/access/keys", manage,
                fresh(once_secret("keys", call(keys, &KeyHandlers::create))));
    router.get("/v2/access/keys", read, call(keys, &KeyHandlers::list));
    router.get("/v2/access/keys/{key_id}", read, call(keys, &KeyHandlers::get));
    router.patch("/v2/access/keys/{key_id}", manage, call(keys, &KeyHandlers::rename));
    router.remove("/v2/access/keys/{key_id}", manage, fresh(call(keys, &KeyHandlers::revoke)));

    // Administration: api.md, section 12.
    auto& admins = parts.admin_handlers;
    router.post("/v2/access/admins", manage,
                fresh(once_secret("admins", call(admins, &AdminHandlers::invite))));
    router.get("/v2/access/admins", read, call(admins, &AdminHandlers::list));
    router.get("/v2/access/admins/{admin_id}", read, call(admins, &AdminHandlers::get));
    router.patch("/v2/access/admins/{admin_id}", manage,
                 fresh(call(admins, &AdminHandlers::change)));
    router.remove("/v2/access/admins/{admin_id}", manage,
                  fresh(call(admins, &AdminHandlers::remove)));
    router.remove("/v2/access/admins/{admin_id}/factor", manage,
                  fresh(call(admins, &AdminHandlers::remove_factor)));
    router.get("/v2/access/audit", read, call(parts.audit_handlers, &AuditHandlers::list));

    auto& console = parts.console_handlers;
    router.post("/v2/access/console/session", anyone, call(console, &ConsoleHandlers::begin));
    router.post("/v2/access/console/session/verify", anyone,
                call(console, &ConsoleHandlers::verify));
    router.get("/v2/access/console/session", any_token, call(console, &ConsoleHandlers::get));
    router.remove("/v2/access/console/session", any_token, call(console, &ConsoleHandlers::end));
    auto& factor = parts.factor_handlers;
    router.post("/v2/access/console/session/factor", any_token,
                call(factor, &FactorHandlers::show));
    router.post("/v2/access/console/factor", any_token,
                fresh(call(factor, &FactorHandlers::start)));
    router.post("/v2/access/console/factor/confirm", any_token,
                fresh(call(factor, &FactorHandlers::confirm)));
    router.post("/v2/access/console/factor/recovery-codes", any_token,
                fresh(call(factor, &FactorHandlers::renew_recovery_codes)));
    router.remove("/v2/access/console/factor", any_token,
                  fresh(call(factor, &FactorHandlers::remove)));
    router.get("/console/link/{token}", anyone, call(console, &ConsoleHandlers::show_link));
    router.post_form("/console/link/{token}", anyone, call(console, &ConsoleHandlers::use_link));

    // Set-up: api.md, sections 3, 10 and 11.
    auto& projects = parts.project_handlers;
    router.post("/v2/access/projects", manage,
                once("projects", call(projects, &ProjectHandlers::create)));
    router.get("/v2/access/projects", read, call(projects, &ProjectHandlers::list));
    router.get("/v2/access/projects/{project_id}", read, call(projects, &ProjectHandlers::get));
    router.patch("/v2/access/projects/{project_id}", manage,
                 call(projects, &ProjectHandlers::change));
    router.remove("/v2/access/projects/{project_id}", manage,
                  fresh(call(projects, &ProjectHandlers::remove)));
    router.get("/v2/access/projects/{project_id}/setup", read,
               call(projects, &ProjectHandlers::setup));

    auto& flows = parts.flow_handlers;
    router.post("/v2/access/projects/{project_id}/flows", manage,
                once("flows", call(flows, &FlowHandlers::create)));
    router.get("/v2/access/projects/{project_id}/flows", read, call(flows, &FlowHandlers::list));
    router.get("/v2/access/flows/{flow_id}", read, call(flows, &FlowHandlers::get));
    router.patch("/v2/access/flows/{flow_id}", manage, call(flows, &FlowHandlers::change));
    router.remove("/v2/access/flows/{flow_id}", manage, call(flows, &FlowHandlers::remove));

    auto& methods = parts.method_handlers;
    router.get("/v2/access/flows/{flow_id}/methods/{method}", read,
               call(methods, &MethodHandlers::get));
    router.put("/v2/access/flows/{flow_id}/methods/{method}", manage,
               call(methods, &MethodHandlers::put));

    auto& sources = parts.source_handlers;
    router.post("/v2/access/projects/{project_id}/sources", manage,
                once("sources", call(sources, &SourceHandlers::create)));
    router.get("/v2/access/projects/{project_id}/sources", read,
               call(sources, &SourceHandlers::list));
    router.get("/v2/access/sources/{source_id}", read, call(sources, &SourceHandlers::get));
    router.patch("/v2/access/sources/{source_id}", manage, call(sources, &SourceHandlers::change));
    router.remove("/v2/access/sources/{source_id}", manage, call(sources, &SourceHandlers::remove));

    router.post("/v2/access/sources/{source_id}/test", manage,
                call(sources, &SourceHandlers::test));
    auto& imports = parts.import_handlers;
    // A file of any size, which goes to the disk and not to memory.
    router.add("POST", "/v2/access/sources/{source_id}/import",
               {.scope = manage,
                .body_bytes_max = ImportHandlers::kFileBytesMax,
                .json_body = false,
                .body_folder = parts.source_clients.reach().data_folder},
               call(imports, &ImportHandlers::import));
    router.get("/v2/access/imports/{import_id}", read, call(imports, &ImportHandlers::get));
    router.get("/v2/access/imports/{import_id}/refused-rows", read,
               call(imports, &ImportHandlers::refused_rows));

    auto& users = parts.user_handlers;
    router.post("/v2/access/projects/{project_id}/users", manage,
                once("users", call(users, &UserHandlers::create)));
    router.get("/v2/access/projects/{project_id}/users", read, call(users, &UserHandlers::list));
    router.add("GET", "/v2/access/projects/{project_id}/users/export",
               {.scope = read, .json_answer = false},
               fresh(call(users, &UserHandlers::export_all)));
    router.get("/v2/access/projects/{project_id}/users/{user_id}/export", read,
               fresh(call(users, &UserHandlers::export_one)));
    router.get("/v2/access/projects/{project_id}/users/{user_id}", read,
               call(users, &UserHandlers::get));
    router.patch("/v2/access/projects/{project_id}/users/{user_id}", manage,
                 call(users, &UserHandlers::change));
    router.remove("/v2/access/projects/{project_id}/users/{user_id}", manage,
                  fresh(call(users, &UserHandlers::erase)));

    auto& inbox = parts.inbox_handlers;
    router.get("/v2/access/projects/{project_id}/inbox", read, call(inbox, &InboxHandlers::inbox));
    router.get("/v2/access/projects/{project_id}/test-recipients", read,
               call(inbox, &InboxHandlers::get_test_recipients));
    router.put("/v2/access/projects/{project_id}/test-recipients", manage,
               call(inbox, &InboxHandlers::put_test_recipients));

    // Words for messages, messages, and how logins fare: api.md, section 12.
    auto& templates = parts.template_handlers;
    router.get("/v2/access/projects/{project_id}/templates", read,
               call(templates, &TemplateHandlers::list));
    router.get("/v2/access/projects/{project_id}/templates/{channel}/{language}", read,
               call(templates, &TemplateHandlers::get));
    router.put("/v2/access/projects/{project_id}/templates/{channel}/{language}", manage,
               call(templates, &TemplateHandlers::put));
    router.remove("/v2/access/projects/{project_id}/templates/{channel}/{language}", manage,
                  call(templates, &TemplateHandlers::remove));
    router.post("/v2/access/projects/{project_id}/templates/{channel}/{language}/preview", read,
                call(templates, &TemplateHandlers::preview));
    router.post("/v2/access/projects/{project_id}/templates/{channel}/{language}/send-test", manage,
                once("templates/send-test", call(templates, &TemplateHandlers::send_test)));

    auto& messages = parts.message_handlers;
    router.get("/v2/access/projects/{project_id}/messages", read,
               call(messages, &MessageHandlers::list));
    router.get("/v2/access/messages/{message_id}", read, call(messages, &MessageHandlers::get));

    router.get("/v2/access/projects/{project_id}/stats", read,
               call(parts.stats_handlers, &StatsHandlers::stats));
    auto& fraud = parts.fraud_handlers;
    router.get("/v2/access/projects/{project_id}/fraud-guard", read,
               call(fraud, &FraudHandlers::get_settings));
    router.put("/v2/access/projects/{project_id}/fraud-guard", manage,
               call(fraud, &FraudHandlers::put_settings));
    router.get("/v2/access/projects/{project_id}/fraud-blocks", read,
               call(fraud, &FraudHandlers::blocks));
    router.remove("/v2/access/fraud-blocks/{block_id}", manage,
                  call(fraud, &FraudHandlers::end_block));
    auto& senders = parts.sender_handlers;
    router.post("/v2/access/projects/{project_id}/senders", manage,
                fresh(once_secret("senders", call(senders, &SenderHandlers::create))));
    router.get("/v2/access/projects/{project_id}/senders", read,
               call(senders, &SenderHandlers::list));
    router.get("/v2/access/senders/{sender_id}", read, call(senders, &SenderHandlers::get));
    router.patch("/v2/access/senders/{sender_id}", manage,
                 fresh(call(senders, &SenderHandlers::change)));
    router.remove("/v2/access/senders/{sender_id}", manage,
                  fresh(call(senders, &SenderHandlers::remove)));
    router.post("/v2/access/senders/{sender_id}/test", manage,
                once("senders/test", call(senders, &SenderHandlers::test)));
    auto& receipts = parts.receipt_handlers;
    router.get("/v2/access/senders/{sender_id}/receipts", anyone,
               call(receipts, &ReceiptHandlers::greet));
    // Vendors neither send one media type only nor say that they accept JSON.
    router.add("POST", "/v2/access/senders/{sender_id}/receipts",
               {.scope = anyone,
                .body_bytes_max = ReceiptHandlers::kBodyBytesMax,
                .json_body = false,
                .json_answer = false},
               call(receipts, &ReceiptHandlers::receive));

    // Events and webhooks: api.md, section 9.
    auto& events = parts.event_handlers;
    router.get("/v2/access/events", read, call(events, &EventHandlers::list));
    router.add("GET", "/v2/access/events/stream", {.scope = read, .json_answer = false},
               call(events, &EventHandlers::stream));
    auto& hooks = parts.webhook_handlers;
    router.post("/v2/access/projects/{project_id}/webhooks", manage,
                once_secret("webhooks", call(hooks, &WebhookHandlers::create)));
    router.get("/v2/access/projects/{project_id}/webhooks", read,
               call(hooks, &WebhookHandlers::list));
    router.get("/v2/access/webhooks/{webhook_id}", read, call(hooks, &WebhookHandlers::get));
    router.patch("/v2/access/webhooks/{webhook_id}", manage, call(hooks, &WebhookHandlers::change));
    router.remove("/v2/access/webhooks/{webhook_id}", manage,
                  call(hooks, &WebhookHandlers::remove));
    router.post(
        "/v2/access/webhooks/{webhook_id}/rotate-secret", manage,
        once_secret("webhooks/rotate-secret", call(hooks, &WebhookHandlers::rotate_secret)));
    router.post("/v2/access/webhooks/{webhook_id}/test", manage,
                once("webhooks/test", call(hooks, &WebhookHandlers::test)));
    auto& sent = parts.webhook_delivery_handlers;
    router.get("/v2/access/webhooks/{webhook_id}/deliveries", read,
               call(sent, &WebhookDeliveryHandlers::list));
    router.post("/v2/access/webhooks/{webhook_id}/redeliver", manage,
                once("webhooks/redeliver", call(sent, &WebhookDeliveryHandlers::redeliver_range)));
    router.get("/v2/access/deliveries/{delivery_id}", read,
               call(sent, &WebhookDeliveryHandlers::get));
    router.post("/v2/access/deliveries/{delivery_id}/redeliver", manage,
                once("deliveries/redeliver", call(sent, &WebhookDeliveryHandlers::redeliver)));

    // Logging in: api.md, sections 4, 5 and 7.
    auto& otp = parts.otp_handlers;
    router.post("/v2/access/email/send-otp", access_or_browser,
                once("email/send-otp", call(otp, &OtpHandlers::send_email)));
    router.post("/v2/access/email/verify-otp", access_or_browser,
                once_secret("email/verify-otp", call(otp, &OtpHandlers::verify_email)));
    router.post("/v2/access/phone/send-sms", access_or_browser,
                once("phone/send-sms", call(otp, &OtpHandlers::send_sms)));
    router.post("/v2/access/phone/send-whatsapp", access_or_browser,
                once("phone/send-whatsapp", call(otp, &OtpHandlers::send_whatsapp)));
    router.post("/v2/access/phone/verify-otp", access_or_browser,
                once_secret("phone/verify-otp", call(otp, &OtpHandlers::verify_phone)));

    auto& validations = parts.validation_handlers;
    router.get("/v2/access/validations", read, call(validations, &ValidationHandlers::list));
    router.get("/v2/access/validations/{validation_id}", read_or_browser,
               call(validations, &ValidationHandlers::get));
    router.post("/v2/access/validations/{validation_id}/cancel", access_or_browser,
                call(validations, &ValidationHandlers::cancel));
    router.get("/v2/access/logins", read, call(validations, &ValidationHandlers::list_logins));
    router.get("/v2/access/logins/{login_id}", read_or_browser,
               call(validations, &ValidationHandlers::get_login));

    router.post("/v2/access/logins/{login_id}/code", access_or_browser,
                call(parts.exchange_handlers, &ExchangeHandlers::renew));

    // Faces: api.md, section 6. Bodies hold pictures.
    auto& faces = parts.biometric_handlers;
    constexpr auto pictures = biometrics::kPicturesBytesMax;
    router.add(
        "POST", "/v2/access/biometric/register-face",
        {.scope = access_or_browser, .body_bytes_max = pictures},
        once_secret("biometric/register-face", call(faces, &BiometricHandlers::register_face)));
    router.post("/v2/access/biometric/start", access_or_browser,
                once_secret("biometric/start", call(faces, &BiometricHandlers::start)));
    router.add("POST", "/v2/access/biometric/verify-face",
               {.scope = access_or_person, .body_bytes_max = pictures},
               once_secret("biometric/verify-face", call(faces, &BiometricHandlers::verify_face)));
    router.add(
        "POST", "/v2/access/biometric/liveness-check",
        {.scope = access_or_person, .body_bytes_max = pictures},
        once_secret("biometric/liveness-check", call(faces, &BiometricHandlers::check_liveness)));
    router.post("/v2/access/biometric/withdraw-consent", access_or_browser,
                call(parts.face_handlers, &FaceHandlers::withdraw_own));
    auto& compare = parts.face_compare_handlers;
    router.add("POST", "/v2/access/biometric/compare",
               {.scope = access, .body_bytes_max = pictures},
               call(compare, &FaceCompareHandlers::compare));
    router.add("POST", "/v2/access/biometric/search", {.scope = access, .body_bytes_max = pictures},
               call(compare, &FaceCompareHandlers::search));
    router.add("POST", "/v2/access/biometric/detect", {.scope = access, .body_bytes_max = pictures},
               call(compare, &FaceCompareHandlers::detect));
    auto& enrolled = parts.face_handlers;
    router.get("/v2/access/projects/{project_id}/users/{user_id}/faces", read,
               call(enrolled, &FaceHandlers::list));
    router.remove("/v2/access/projects/{project_id}/users/{user_id}/faces/{face_id}", manage,
                  call(enrolled, &FaceHandlers::remove));
    router.get("/v2/access/projects/{project_id}/users/{user_id}/consents", read,
               call(enrolled, &FaceHandlers::consents));
    router.remove("/v2/access/projects/{project_id}/users/{user_id}/consents/{consent_id}", manage,
                  call(enrolled, &FaceHandlers::withdraw));

    auto& browsers = parts.browser_handlers;
    router.get("/v2/access/public/projects/{slug}", anyone,
               call(browsers, &BrowserHandlers::project));
    router.post("/v2/access/public/challenges", anyone,
                call(browsers, &BrowserHandlers::challenge));
    router.post("/v2/access/public/logins", anyone,
                once_secret("public/logins", call(browsers, &BrowserHandlers::open)));

    auto& locks = parts.lock_handlers;
    router.get("/v2/access/projects/{project_id}/locks", read, call(locks, &LockHandlers::list));
    router.remove("/v2/access/locks/{lock_id}", manage, call(locks, &LockHandlers::clear));

    // Links in mails, and what finished logins hand over: api.md, sections 4, 7 and 8.
    auto& links = parts.link_handlers;
    router.get("/login/link/{token}", anyone, call(links, &LinkHandlers::show_login));
    router.post_form("/login/link/{token}", anyone, call(links, &LinkHandlers::press_login));
    router.get("/login/unlock/{token}", anyone, call(links, &LinkHandlers::show_unlock));
    router.post_form("/login/unlock/{token}", anyone, call(links, &LinkHandlers::press_unlock));
    router.post(
        "/v2/access/tokens/exchange", access,
        once_secret("tokens/exchange", call(parts.exchange_handlers, &ExchangeHandlers::exchange)));
}

/// What the operations listener serves: loopback by default.
void App::add_operations_routes(Parts& parts)
{
    auto& ops = parts.operations_handlers;
    operations_router_.get("/healthz", std::nullopt, call(ops, &OperationsHandlers::healthz));
    operations_router_.get("/readyz", std::nullopt,
                           call(ops, &OperationsHandlers::readyz_detailed));
    operations_router_.get("/version", std::nullopt, call(ops, &OperationsHandlers::version));
    operations_router_.get("/metrics", std::nullopt, call(ops, &OperationsHandlers::metrics));
}

}  // namespace accessd::app
