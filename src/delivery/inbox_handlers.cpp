#include "delivery/inbox_handlers.h"

#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "delivery/composed_text.h"
#include "delivery/samples.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::delivery {
namespace {

using projects::TestRecipient;

constexpr std::size_t kRecipientsMax = 100;
constexpr auto kNoInbox = "A live project has no inbox.";
constexpr auto kNoTestRecipients = "A live project has no test recipients.";

bool is_digits(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// An email address, a whole domain or a phone number in canonical form; nothing if it is none.
std::optional<std::string> canonical_destination(const std::string& text)
{
    if (text.starts_with('+')) {
        const auto phone = contacts::PhoneNumber::parse(text);
        return phone ? std::optional{phone->text()} : std::nullopt;
    }
    const bool is_domain = text.starts_with("*@");
    const auto address = contacts::EmailAddress::parse(is_domain ? "any" + text.substr(1) : text);
    if (!address) return std::nullopt;
    return is_domain ? "*@" + std::string{address->domain()} : address->text();
}

nlohmann::json to_json(const std::vector<TestRecipient>& recipients)
{
    auto list = nlohmann::json::array();
    for (const auto& recipient : recipients) {
        list.push_back({{"destination", recipient.destination},
                        {"code", http::or_null(recipient.code)},
                        {"outcome", projects::to_text(recipient.outcome)}});
    }
    return {{"recipients", std::move(list)}};
}

void set_words(nlohmann::json& item, EmailText words)
{
    item["subject"] = http::or_null(words.subject);
    item["text"] = std::move(words.text);
    item["html"] = http::or_null(words.html);
}

/// The message as its reader would see it, its words still missing.
nlohmann::json to_json(const Message& message)
{
    return {{"message_id", message.id},
            {"validation_id", http::or_null(message.validation_id)},
            {"kind", to_text(message.kind)},
            {"channel", contacts::to_text(message.channel)},
            {"destination", message.recipient},
            {"language", contacts::to_text(message.language)},
            {"subject", nullptr},
            {"text", nullptr},
            {"html", nullptr},
            {"otp", nullptr},
            {"link", nullptr},
            {"status", to_text(message.status)},
            {"created_at", to_rfc3339(message.created_at)},
            {"expires_at", to_rfc3339(message.expires_at)}};
}

/// Those of a page that are samples: they belong to no validation, and their words are kept.
std::vector<std::string> samples_in(const std::vector<Message>& messages)
{
    std::vector<std::string> ids;
    for (const auto& message : messages) {
        if (message.validation_id.empty()) ids.push_back(message.id);
    }
    return ids;
}

TestRecipient read_recipient(http::Fields& fields)
{
    TestRecipient recipient;
    if (const auto text = fields.string("destination", {.required = true, .min = 1, .max = 254})) {
        const auto destination = canonical_destination(*text);
        if (destination)
            recipient.destination = *destination;
        else
            fields.refuse("destination", "must be an email address, *@domain or +digits");
    }
    if (const auto code = fields.string("code", {.max = 1000, .nullable = true})) {
        const bool fits = code->size() >= 6 && code->size() <= 8 && is_digits(*code);
        if (!fits) fields.refuse("code", "must be 6 to 8 digits, or null for a random code");
        recipient.code = *code;
    }
    const auto outcome =
        fields.choice("outcome", false, {"delivered", "undelivered", "slow", "provider_down"});
    if (outcome) recipient.outcome = *projects::parse_outcome(*outcome);
    return recipient;
}

}  // namespace

InboxHandlers::InboxHandlers(OutboxStore& outbox, MessageStore& messages,
                             projects::Projects& projects, TemplateLookup& templates,
                             const crypto::Keyring& keyring, std::string public_url)
    : outbox_(outbox),
      messages_(messages),
      projects_(projects),
      templates_(templates),
      keyring_(keyring),
      public_url_(std::move(public_url))
{
}

Result<std::shared_ptr<const projects::ProjectSetup>> InboxHandlers::test_project(
    const http::Request& request, const char* missing) const
{
    ACCESSD_TRY(auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    if (!setup->project.is_test()) return Error{ErrorCode::NotFound}.saying(missing);
    return setup;
}

/// GET /v2/access/projects/{project_id}/inbox?destination=user@example.com
Result<http::Response> InboxHandlers::inbox(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, test_project(request, kNoInbox));
    http::Query query{request};
    const auto page = query.page();
    auto recipient = query.string("destination", 254);
    if (recipient && recipient->find('@') != std::string::npos) {
        const auto address = contacts::EmailAddress::parse(*recipient);
        if (address)
            recipient = address->text();
        else
            query.refuse("destination", "must be an email address");
    } else if (recipient) {
        const auto phone = contacts::PhoneNumber::parse_parameter(*recipient);
        if (phone)
            recipient = phone->text();
        else
            query.refuse("destination", "must be an email address or a phone number");
    }
    ACCESSD_CHECK(query.check());

    const auto& project = setup->project;
    ACCESSD_TRY(const auto messages, outbox_.inbox(project.id, recipient, page));
    ACCESSD_TRY(const auto samples, messages_.samples(samples_in(messages.items)));
    auto items = nlohmann::json::array();
    for (const auto& message : messages.items) {
        auto& item = items.emplace_back(to_json(message));
        if (const auto sample = samples.find(message.id); sample != samples.end()) {
            set_words(item, sample->second);
            item["otp"] = kSampleCode;
            continue;
        }
        const bool needs_code = message.kind != MessageKind::WebhookDisabled;
        if (needs_code && message.sealed_code.empty()) continue;
        auto mail = compose_message(message, *setup, keyring_, public_url_,
                                    message.expires_at - message.created_at, &templates_);
        if (!mail) continue;  // One that can't be opened must not hide the others.
        set_words(item, std::move(mail->words));
        if (!mail->otp.empty()) item["otp"] = std::move(mail->otp);
        if (!mail->link.empty()) item["link"] = std::move(mail->link);
    }
    return http::success(http::page_json(std::move(items), messages.next), "Inbox");
}

/// GET /v2/access/projects/{project_id}/test-recipients
Result<http::Response> InboxHandlers::get_test_recipients(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, test_project(request, kNoTestRecipients));
    return http::tagged(to_json(setup->test_recipients), "Test recipients");
}

/// PUT /v2/access/projects/{project_id}/test-recipients
/// {"recipients": [{"destination": "user@example.com", "code": "123456", "outcome": "delivered"}]}
Result<http::Response> InboxHandlers::put_test_recipients(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, test_project(request, kNoTestRecipients));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    std::vector<TestRecipient> recipients;
    std::set<std::string> seen;
    if (auto list = body.objects("recipients", true, kRecipientsMax)) {
        for (auto& fields : *list) {
            auto recipient = read_recipient(fields);
            const auto& destination = recipient.destination;
            if (!destination.empty() && !seen.insert(destination).second) {
                fields.refuse("destination", "stands in the list already");
            }
            body.absorb(fields);
            recipients.push_back(std::move(recipient));
        }
    }
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    Condition<std::vector<TestRecipient>> condition;
    if (if_match.is_present()) {
        condition = [&](const auto& stored) { return if_match.check(to_json(stored)); };
    }
    ACCESSD_CHECK(projects_.put_test_recipients(
        setup->project.id, request.scope(), recipients, condition,
        events::audit_of(request, "project.test_recipients_changed")));
    return http::tagged(to_json(recipients), "Test recipients replaced");
}

}  // namespace accessd::delivery
