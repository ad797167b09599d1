#include "webhooks/webhook_handlers.h"

#include "base/id.h"
#include "events/audit_handlers.h"
#include "events/event_json.h"
#include "http/fields.h"
#include "http/render.h"
#include "outbound/target_url.h"
#include "webhooks/schedule.h"
#include "webhooks/signature.h"
#include "webhooks/webhook_request.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace accessd::webhooks {
namespace {

constexpr int kHttpsPort = 443;
constexpr int kFreePortMin = 1024;
constexpr std::size_t kUrlMax = 2000;
constexpr std::size_t kTypesMax = 100;
/// Of one project. Each may hold a request worker for the time that a try may take.
constexpr limits::Limit kTests{10, std::chrono::seconds{60}, "webhook_tests"};

/// What the entity tag is made of: nothing that changes by itself.
nlohmann::json stable_json(const Webhook& webhook)
{
    return {{"webhook_id", webhook.id},
            {"project_id", webhook.project_id},
            {"url", webhook.url},
            {"events", webhook.subscription.names()},
            {"description", webhook.description},
            {"status", to_text(webhook.status)},
            {"disabled_reason", http::or_null(webhook.disabled_reason)},
            {"old_secret_until", http::or_null(webhook.old_secret_until)},
            {"created_at", to_rfc3339(webhook.created_at)},
            {"updated_at", to_rfc3339(webhook.updated_at)}};
}

nlohmann::json to_json(const Webhook& webhook)
{
    auto shown = stable_json(webhook);
    const auto& health = webhook.health;
    shown["health"] = {{"failing_since", http::or_null(health.failing_since)},
                       {"last_success_at", http::or_null(health.succeeded_at)},
                       {"last_failure_at", http::or_null(health.failed_at)},
                       {"events_waiting", health.waiting}};
    return shown;
}

/// The fields that a body may set; those of `webhook` that it names are changed.
void read_webhook(http::Fields& body, bool is_new, Webhook& webhook)
{
    if (auto url = body.string("url", {.required = is_new, .min = 1, .max = kUrlMax})) {
        webhook.url = *std::move(url);
    }
    if (const auto names = body.strings("events", is_new, kTypesMax, 100)) {
        if (auto read = Subscription::parse(*names)) {
            webhook.subscription = *std::move(read);
        } else {
            body.refuse("events", "must name events that the API describes, or be [\"*\"]");
        }
    }
    if (auto text = body.string("description", {.max = 200})) {
        webhook.description = *std::move(text);
    }
    if (const auto status = body.choice("status", false, {"active", "paused"})) {
        webhook.status = *parse_webhook_status(*status);
        webhook.disabled_reason.clear();
    }
}

Error url_not_allowed(std::string sentence)
{
    return Error{ErrorCode::UrlNotAllowed}
        .with("field", std::string{"url"})
        .saying(std::move(sentence));
}

/// The event that a test sends: made up, and saying so.
events::Event sample_event(const Webhook& webhook, events::EventType type, TimePoint now)
{
    events::Event event;
    event.project_id = webhook.project_id;
    event.type = type;
    event.at = now;
    event.test = true;
    event.reason = "sample: sent by POST /webhooks/{webhook_id}/test, nothing happened";
    return event;
}

}  // namespace

WebhookHandlers::WebhookHandlers(Parts parts) : parts_(std::move(parts)) {}

Result<Webhook> WebhookHandlers::webhook_of(const http::Request& request) const
{
    const auto& id = request.parameter("webhook_id");
    if (!looks_like_id(id, "wh_")) return ErrorCode::WebhookNotFound;
    ACCESSD_TRY(auto webhook, parts_.store.find(id, request.scope()));
    if (!webhook) return ErrorCode::WebhookNotFound;
    return *std::move(webhook);
}

/// Returns warnings. Source: api.md, section 9.
Result<nlohmann::json> WebhookHandlers::check_url(const std::string& url, bool is_test) const
{
    const auto target = outbound::parse_target_url(url);
    if (!target) {
        return Error::invalid("url",
                              "must be an absolute https URL, without credentials or fragment");
    }
    const bool is_loopback = target->host.address ? target->host.address->is_loopback()
                                                  : target->host.text == "localhost";
    if (!target->is_https && !(is_test && is_loopback)) {
        return url_not_allowed(
            "Events go over https only; to this machine itself, http will do in test projects.");
    }
    if (target->is_https && target->port != kHttpsPort && target->port < kFreePortMin) {
        return url_not_allowed("The port must be 443, 8443 or 1024 and above.");
    }
    if (!target->is_https && target->port < kFreePortMin) {
        return url_not_allowed("The port must be 1024 or above.");
    }
    ACCESSD_TRY(const auto host, parts_.guard.check_host(target->host.text, "url"));
    auto warnings = nlohmann::json::array();
    if (!host.is_resolved) {
        warnings.push_back("Nobody knows the name " + host.text +
                           " at the moment; events wait until somebody does.");
    }
    return warnings;
}

http::Response WebhookHandlers::answer(const Webhook& webhook, nlohmann::json extras,
                                       std::string_view message, int status) const
{
    auto data = to_json(webhook);
    data.update(extras);
    return http::success(data, message, status)
        .with_header("ETag", http::entity_tag(stable_json(webhook)));
}

/// POST /v2/access/projects/{project_id}/webhooks   {"url": "https://...", "events": ["login.completed"]}
Result<http::Response> WebhookHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(const auto setup,
                parts_.projects.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Webhook webhook;
    read_webhook(body, true, webhook);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto warnings, check_url(webhook.url, setup->project.is_test()));

    webhook.created_at = webhook.updated_at = parts_.clock.now();
    webhook.id = make_id("wh_", webhook.created_at, parts_.random);
    webhook.project_id = setup->project.id;
    const auto secret = make_webhook_secret(parts_.random);
    webhook.sealed_secret = parts_.keyring.seal(secret.reveal(), secret_context(webhook.id));
    ACCESSD_CHECK(parts_.store.insert(
        webhook,
        events::audit_of(request, "webhook.created").about(webhook.id, webhook.project_id)));
    return answer(webhook, {{"secret", secret.reveal()}, {"warnings", warnings}},
                  "Webhook created. Keep secret: it isn't shown again", 201);
}

/// GET /v2/access/projects/{project_id}/webhooks
Result<http::Response> WebhookHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto setup,
                parts_.projects.get(request.parameter("project_id"), request.scope()));
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto webhooks, parts_.store.list(setup->project.id, page));
    auto items = nlohmann::json::array();
    for (const auto& webhook : webhooks.items) items.push_back(to_json(webhook));
    return http::success(http::page_json(std::move(items), webhooks.next), "Webhooks");
}

/// GET /v2/access/webhooks/{webhook_id}
Result<http::Response> WebhookHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto webhook, webhook_of(request));
    return answer(webhook, nlohmann::json::object(), "Webhook", 200);
}

/// Where the store refuses because somebody else was faster: PreconditionFailed if the webhook is no longer
/// the one that If-Match names.
Result<void> WebhookHandlers::store_change(const http::Request& request,
                                           const http::IfMatch& if_match, Webhook& webhook,
                                           std::string action)
{
    webhook.updated_at = parts_.clock.now();
    const auto audit =
        events::audit_of(request, std::move(action)).about(webhook.id, webhook.project_id);
    auto updated = parts_.store.update(webhook, audit);
    if (updated) return {};
    if (updated.error().code != ErrorCode::Conflict) return updated;
    ACCESSD_TRY(const auto stored, webhook_of(request));
    ACCESSD_CHECK(if_match.check(stable_json(stored)));
    return updated;
}

/// PATCH /v2/access/webhooks/{webhook_id}   {"status": "paused"}
Result<http::Response> WebhookHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(auto webhook, webhook_of(request));
    ACCESSD_TRY(const auto setup, parts_.projects.get(webhook.project_id, request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(if_match.check(stable_json(webhook)));
    read_webhook(body, false, webhook);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto warnings, check_url(webhook.url, setup->project.is_test()));

    ACCESSD_CHECK(store_change(request, if_match, webhook, "webhook.changed"));
    return answer(webhook, {{"warnings", warnings}}, "Webhook changed", 200);
}

/// DELETE /v2/access/webhooks/{webhook_id}
Result<http::Response> WebhookHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto webhook, webhook_of(request));
    ACCESSD_CHECK(if_match.check(stable_json(webhook)));
    const auto version = if_match.is_present() ? std::optional{webhook.version} : std::nullopt;
    const auto audit =
        events::audit_of(request, "webhook.deleted").about(webhook.id, webhook.project_id);
    if (auto removed = parts_.store.remove(webhook.project_id, webhook.id, version, audit);
        !removed) {
        if (removed.error().code == ErrorCode::Conflict) return ErrorCode::PreconditionFailed;
        return removed.error();
    }
    return http::success({{"webhook_id", webhook.id}, {"deleted", true}}, "Webhook deleted");
}

/// POST /v2/access/webhooks/{webhook_id}/rotate-secret
Result<http::Response> WebhookHandlers::rotate_secret(const http::Request& request)
{
    ACCESSD_TRY(auto webhook, webhook_of(request));
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(if_match.check(stable_json(webhook)));

    const auto secret = make_webhook_secret(parts_.random);
    webhook.sealed_old_secret = std::move(webhook.sealed_secret);
    webhook.old_secret_until = parts_.clock.now() + kOldSecretLife;
    webhook.sealed_secret = parts_.keyring.seal(secret.reveal(), secret_context(webhook.id));
    ACCESSD_CHECK(store_change(request, if_match, webhook, "webhook.secret_rotated"));
    return answer(
        webhook, {{"secret", secret.reveal()}},
        "Secret rotated. Keep secret: it isn't shown again; the old one signs too for 24 hours",
        200);
}

/// POST /v2/access/webhooks/{webhook_id}/test   {"type": "login.completed"}
Result<http::Response> WebhookHandlers::test(const http::Request& request)
{
    ACCESSD_TRY(const auto webhook, webhook_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request, true));
    auto type = events::EventType::LoginCompleted;
    if (const auto name = body.string("type", {.min = 1, .max = 100})) {
        const auto read = events::parse_event_type(*name);
        if (read) type = *read;
        if (!read) body.refuse("type", "must be an event that the API describes");
    }
    ACCESSD_CHECK(body.check());
    const auto now = parts_.clock.now();
    ACCESSD_TRY(const auto decision,
                parts_.limits.take("webhook_test:" + webhook.project_id, kTests, now));
    if (!decision.allowed) return limits::refusal(decision, kTests);

    ACCESSD_TRY(const auto secret,
                parts_.keyring.unseal(webhook.sealed_secret, secret_context(webhook.id)));
    const auto id = make_id("evt_", now, parts_.random);
    const auto sent = make_request(webhook.url, {secret}, id,
                                   events::event_body(sample_event(webhook, type, now)), now);
    const auto began = std::chrono::steady_clock::now();
    const auto result = parts_.http.send(sent);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    const auto outcome = judge_try(result, now, took);
    const auto& made = outcome.made;
    return http::success({{"accepted", outcome.is_good},
                          {"event_id", id},
                          {"type", events::to_text(type)},
                          {"status", made.status ? nlohmann::json(*made.status) : nlohmann::json{}},
                          {"reason", http::or_null(made.reason)},
                          {"headers", nlohmann::json::parse(made.headers)},
                          {"answer", made.answer},
                          {"took_ms", made.duration.count()}},
                         outcome.is_good ? "The endpoint took the sample event"
                                         : "The endpoint did not take the sample event");
}

}  // namespace accessd::webhooks
