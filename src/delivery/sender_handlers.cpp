#include "delivery/sender_handlers.h"

#include "base/encoding.h"
#include "base/id.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "delivery/code_text.h"
#include "delivery/samples.h"
#include "delivery/sender_test_mail.h"
#include "delivery/smtp_sender.h"
#include "events/audit_handlers.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace accessd::delivery {
namespace {

/// A request waits for it: less than a mail's own time.
constexpr auto kTestTimeout = std::chrono::seconds{15};
constexpr auto kTestTextTimeout = std::chrono::seconds{10};
constexpr std::size_t kReceiptSecretBytes = 32;
/// Test mails of one sender: enough to try settings out, too few to bother anybody with.
constexpr limits::Limit kSenderTests{5, std::chrono::seconds{60}, "sender_tests"};

nlohmann::json smtp_json(const SenderAccount& account)
{
    const auto& smtp = account.smtp;
    return {{"host", smtp.host},
            {"port", smtp.port},
            {"security", to_text(smtp.security)},
            {"user", http::or_null(smtp.user)},
            {"has_password", !account.sealed_password.empty()},
            {"from", smtp.from},
            {"from_name", http::or_null(smtp.from_name)},
            {"reply_to", http::or_null(smtp.reply_to)}};
}

nlohmann::json health_json(const SenderHealth& health)
{
    return {{"status", health.is_failing ? "failing" : "ok"},
            {"since", http::or_null(health.since)},
            {"last_error", http::or_null(health.last_error)},
            {"last_error_at", http::or_null(health.last_error_at)}};
}

Result<std::string> canonical_recipient(const std::string& text, bool is_phone)
{
    if (is_phone) {
        ACCESSD_TRY(const auto phone, contacts::PhoneNumber::parse(text));
        return phone.text();
    }
    ACCESSD_TRY(const auto email, contacts::EmailAddress::parse(text));
    return email.text();
}

}  // namespace

SenderHandlers::SenderHandlers(Parts parts) : parts_(std::move(parts)) {}

/// None where they can't be opened: then they have to be given again.
ProviderSecrets SenderHandlers::secrets_of(const SenderAccount& account) const
{
    auto opened = open_account(account, parts_.keyring);
    return opened ? std::move(opened->secrets) : ProviderSecrets{};
}

Result<std::vector<std::string>> SenderHandlers::check_and_seal(SenderAccount& account,
                                                                const SenderSecrets& secrets,
                                                                const SenderAccount* before) const
{
    if (account.kind == SenderKind::Smtp) {
        ACCESSD_TRY(auto warnings, check_sender(account, secrets, before, parts_.guard));
        seal(account, secrets);
        return warnings;
    }
    auto all = secrets_of(account);
    for (const auto& [name, secret] : secrets.provider) {
        if (secret.empty())
            all.erase(name);
        else
            all.insert_or_assign(name, secret);
    }
    ACCESSD_TRY(auto warnings,
                check_provider(account, all, secrets.provider, before, parts_.guard));
    account.sealed_secrets =
        parts_.keyring.seal(to_secrets_text(all).reveal(), sender_context(account.id, "secrets"));
    return warnings;
}

Result<SenderAccount> SenderHandlers::sender_of(const http::Request& request) const
{
    const auto& id = request.parameter("sender_id");
    if (!looks_like_id(id, "snd_")) return ErrorCode::SenderNotFound;
    ACCESSD_TRY(auto account, parts_.store.find(id, request.scope()));
    if (!account) return ErrorCode::SenderNotFound;
    return *std::move(account);
}

/// What the entity tag is made of: no secrets, and nothing that changes by itself.
nlohmann::json SenderHandlers::stable_json(const SenderAccount& account) const
{
    const bool is_smtp = account.kind == SenderKind::Smtp;
    return {{"sender_id", account.id},
            {"project_id", account.project_id},
            {"name", account.name},
            {"kind", to_text(account.kind)},
            {"channel", contacts::to_text(account.channel)},
            {"priority", account.priority},
            {"prefixes", account.prefixes},
            {"status", account.is_active ? "active" : "paused"},
            {"settings",
             is_smtp ? smtp_json(account) : provider_settings_json(account, secrets_of(account))},
            {"has_mailgun_signing_key", !account.sealed_mailgun_key.empty()},
            {"receipts_url", parts_.public_url + "/v2/access/senders/" + account.id + "/receipts"},
            {"created_at", to_rfc3339(account.created_at)},
            {"updated_at", to_rfc3339(account.updated_at)}};
}

nlohmann::json SenderHandlers::to_json(const SenderAccount& account) const
{
    auto shown = stable_json(account);
    shown["health"] = health_json(parts_.pool.health_of(account));
    return shown;
}

http::Response SenderHandlers::answer(const SenderAccount& account, nlohmann::json extras,
                                      std::string_view message, int status) const
{
    auto data = to_json(account);
    data.update(extras);
    return http::success(data, message, status)
        .with_header("ETag", http::entity_tag(stable_json(account)));
}

void SenderHandlers::seal(SenderAccount& account, const SenderSecrets& secrets) const
{
    const auto seal_one = [&](const std::optional<Secret>& secret, std::string_view name,
                              std::string& sealed) {
        if (!secret) return;
        sealed = secret->empty()
                     ? std::string{}
                     : parts_.keyring.seal(secret->reveal(), sender_context(account.id, name));
    };
    seal_one(secrets.password, "password", account.sealed_password);
    seal_one(secrets.mailgun_key, "mailgun", account.sealed_mailgun_key);
}

/// Shown once, in the answer that made it.
std::string SenderHandlers::renew_receipt_secret(SenderAccount& account) const
{
    auto secret = "rcs_" + to_base64url(parts_.random.bytes(kReceiptSecretBytes));
    account.sealed_receipt_secret =
        parts_.keyring.seal(secret, sender_context(account.id, "receipts"));
    return secret;
}

/// The error of a change that the store refused: PreconditionFailed if somebody else was faster and the
/// sender is no longer the one that If-Match names.
Error SenderHandlers::overtaken(const http::Request& request, const http::IfMatch& if_match,
                                Error refusal) const
{
    if (refusal.code != ErrorCode::Conflict) return refusal;
    const auto account = sender_of(request);
    if (!account) return account.error();
    const auto matched = if_match.check(stable_json(*account));
    return matched ? std::move(refusal) : matched.error();
}

/// POST /v2/access/projects/{project_id}/senders
Result<http::Response> SenderHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(const auto setup,
                parts_.projects.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    SenderAccount account;
    SenderSecrets secrets;
    read_sender(body, true, account, secrets);
    ACCESSD_CHECK(body.check());
    account.created_at = account.updated_at = parts_.clock.now();
    account.id = make_id("snd_", account.created_at, parts_.random);
    account.project_id = setup->project.id;
    ACCESSD_TRY(const auto warnings, check_and_seal(account, secrets, nullptr));
    const auto receipt_secret = renew_receipt_secret(account);
    ACCESSD_CHECK(parts_.store.insert(
        account,
        events::audit_of(request, "sender.created").about(account.id, account.project_id)));
    parts_.pool.forget(account.project_id);
    return answer(account, {{"warnings", warnings}, {"receipt_secret", receipt_secret}},
                  "Sender created. Keep receipt_secret: it isn't shown again", 201);
}

/// GET /v2/access/projects/{project_id}/senders
Result<http::Response> SenderHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto setup,
                parts_.projects.get(request.parameter("project_id"), request.scope()));
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto accounts, parts_.store.list(setup->project.id, page));
    auto items = nlohmann::json::array();
    for (const auto& account : accounts.items) items.push_back(to_json(account));
    return http::success(http::page_json(std::move(items), accounts.next), "Senders");
}

/// GET /v2/access/senders/{sender_id}
Result<http::Response> SenderHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto account, sender_of(request));
    return answer(account, nlohmann::json::object(), "Sender", 200);
}

/// PATCH /v2/access/senders/{sender_id}   {"status": "paused"}
Result<http::Response> SenderHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(const auto before, sender_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    auto account = before;
    SenderSecrets secrets;
    read_sender(body, false, account, secrets);
    const bool renews = body.boolean("renew_receipt_secret").value_or(false);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(if_match.check(stable_json(before)));
    ACCESSD_TRY(const auto warnings, check_and_seal(account, secrets, &before));

    nlohmann::json extras{{"warnings", warnings}};
    if (renews) extras["receipt_secret"] = renew_receipt_secret(account);
    account.updated_at = parts_.clock.now();
    const auto audit =
        events::audit_of(request, "sender.changed").about(account.id, account.project_id);
    if (auto updated = parts_.store.update(account, audit); !updated) {
        return overtaken(request, if_match, std::move(updated).error());
    }
    ++account.version;
    parts_.pool.forget(account.project_id);
    return answer(account, std::move(extras), "Sender changed", 200);
}

/// DELETE /v2/access/senders/{sender_id}
Result<http::Response> SenderHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto account, sender_of(request));
    ACCESSD_CHECK(if_match.check(stable_json(account)));
    const auto version = if_match.is_present() ? std::optional{account.version} : std::nullopt;
    const auto audit =
        events::audit_of(request, "sender.deleted").about(account.id, account.project_id);
    if (auto removed = parts_.store.remove(account.project_id, account.id, version, audit);
        !removed) {
        return overtaken(request, if_match, std::move(removed).error());
    }
    parts_.pool.forget(account.project_id);
    return http::success({{"sender_id", account.id}, {"deleted", true}}, "Sender deleted");
}

/// POST /v2/access/senders/{sender_id}/test   {"recipient": "ana@example.com"}
Result<http::Response> SenderHandlers::test(const http::Request& request)
{
    ACCESSD_TRY(const auto account, sender_of(request));
    ACCESSD_TRY(const auto setup, parts_.projects.get(account.project_id, request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto text = body.string("recipient", {.required = true, .min = 1, .max = 1000});
    const auto chosen = body.choice("language", false, {"en", "es", "pt"});
    ACCESSD_CHECK(body.check());
    const bool is_phone = contacts::is_phone(account.channel);
    ACCESSD_TRY(const auto recipient, canonical_recipient(*text, is_phone));
    const auto language =
        chosen ? *contacts::parse_language(*chosen) : setup->project.default_language;
    ACCESSD_TRY(const auto decision,
                parts_.limits.take("sender_test:" + account.id, kSenderTests, parts_.clock.now()));
    if (!decision.allowed) return limits::refusal(decision, kSenderTests);

    const auto began = std::chrono::steady_clock::now();
    ACCESSD_TRY(const auto outcome,
                is_phone ? send_test_text(account, setup->project.name, recipient, language)
                         : send_test(account, setup->project.name, recipient, language));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    const bool is_accepted = outcome.outcome == Attempt::Outcome::Accepted;
    if (is_accepted) parts_.pool.recovered(account);
    return http::success({{"accepted", is_accepted},
                          {"outcome", to_text(outcome.outcome)},
                          {"reason", http::or_null(outcome.reason)},
                          {"provider_answer", http::or_null(outcome.provider_answer)},
                          {"took_ms", took.count()}},
                         is_accepted ? "The sender took the test message"
                                     : "The test message could not be sent");
}

/// The code in it opens nothing.
Result<SendOutcome> SenderHandlers::send_test_text(const SenderAccount& account,
                                                   const std::string& project_name,
                                                   const std::string& recipient,
                                                   contacts::Language language)
{
    ACCESSD_TRY(auto opened, open_account(account, parts_.keyring));
    const auto sender = make_text_sender({.account = std::move(opened),
                                          .http = parts_.http,
                                          .receipts_url = {},
                                          .timeout = kTestTextTimeout});
    const TextFacts facts{.language = language,
                          .project_name = project_name,
                          .code = std::string{kSampleCode},
                          .origin_host = {}};
    return sender->send({.message_id = make_id("test_", parts_.clock.now(), parts_.random),
                         .channel = account.channel,
                         .recipient = recipient,
                         .from = {},
                         .text = account.channel == contacts::Channel::Sms ? render_sms(facts)
                                                                           : render_whatsapp(facts),
                         .code = facts.code,
                         .template_name = {},
                         .language = language,
                         .life = std::chrono::minutes{5}});
}

Result<SendOutcome> SenderHandlers::send_test(const SenderAccount& account,
                                              const std::string& project_name,
                                              const std::string& recipient,
                                              contacts::Language language)
{
    Secret password;
    if (!account.sealed_password.empty()) {
        ACCESSD_TRY(password, parts_.keyring.unseal(account.sealed_password,
                                                    sender_context(account.id, "password")));
    }
    SmtpSender sender{to_smtp(account.smtp, std::move(password), kTestTimeout), account.id,
                      &parts_.guard};
    const auto now = parts_.clock.now();
    auto words = render_test_email(language, project_name, account.name);
    const auto& smtp = account.smtp;
    return sender.send({.message_id = make_id("test_", now, parts_.random),
                        .recipient = recipient,
                        .from = smtp.from,
                        .from_name = smtp.from_name.empty() ? project_name : smtp.from_name,
                        .reply_to = smtp.reply_to,
                        .subject = std::move(words.subject),
                        .text = std::move(words.text),
                        .html = std::move(words.html),
                        .date = now,
                        .language = language});
}

}  // namespace accessd::delivery
