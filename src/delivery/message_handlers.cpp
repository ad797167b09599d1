#include "delivery/message_handlers.h"

#include "base/id.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::delivery {
namespace {

/// Without the code, and without the contact in full: those who may read needn't know it.
nlohmann::json to_json(const Message& message)
{
    const bool waits = message.status == MessageStatus::Queued;
    return {{"message_id", message.id},
            {"project_id", message.project_id},
            {"flow_id", http::or_null(message.flow_id)},
            {"login_id", http::or_null(message.login_id)},
            {"validation_id", http::or_null(message.validation_id)},
            {"kind", to_text(message.kind)},
            {"channel", contacts::to_text(message.channel)},
            {"destination", contacts::masked_contact(message.recipient)},
            {"language", contacts::to_text(message.language)},
            {"status", to_text(message.status)},
            {"test", message.test},
            {"fallback", message.is_fallback},
            {"attempts_made", message.attempts},
            {"next_attempt_at",
             http::or_null(waits ? std::optional{message.next_attempt_at} : std::nullopt)},
            {"created_at", to_rfc3339(message.created_at)},
            {"expires_at", to_rfc3339(message.expires_at)}};
}

nlohmann::json to_json(const Attempt& attempt)
{
    return {{"number", attempt.number},
            {"started_at", to_rfc3339(attempt.started_at)},
            {"duration_ms", attempt.duration.count()},
            {"sender", attempt.sender},
            {"outcome", to_text(attempt.outcome)},
            {"provider_id", http::or_null(attempt.provider_id)},
            {"reason", http::or_null(attempt.reason)},
            {"provider_answer", http::or_null(attempt.provider_answer)}};
}

std::optional<std::string> canonical_contact(const std::string& text)
{
    if (text.find('@') == std::string::npos) {
        const auto phone = contacts::PhoneNumber::parse_parameter(text);
        return phone ? std::optional{phone->text()} : std::nullopt;
    }
    const auto email = contacts::EmailAddress::parse(text);
    return email ? std::optional{email->text()} : std::nullopt;
}

MessageFilter read_filter(http::Query& query)
{
    MessageFilter filter;
    if (const auto status = query.choice(
            "status", {"queued", "sent", "delivered", "failed", "expired", "superseded"})) {
        filter.status = parse_message_status(*status);
    }
    if (const auto channel = query.choice("channel", {"email", "sms", "whatsapp"})) {
        filter.channel = contacts::parse_channel(*channel);
    }
    if (const auto text = query.string("recipient", 1000)) {
        filter.recipient = canonical_contact(*text);
        if (!filter.recipient) {
            query.refuse("recipient", "must be an email address or a phone number");
        }
    }
    filter.validation_id = query.string("validation_id", 64);
    filter.login_id = query.string("login_id", 64);
    return filter;
}

}  // namespace

MessageHandlers::MessageHandlers(MessageStore& messages, projects::Projects& projects)
    : messages_(messages), projects_(projects)
{
}

/// GET /v2/access/projects/{project_id}/messages?status=&channel=&recipient=&validation_id=&login_id=
Result<http::Response> MessageHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto filter = read_filter(query);
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));

    ACCESSD_TRY(const auto found, messages_.list(setup->project.id, filter, page));
    auto items = nlohmann::json::array();
    for (const auto& message : found.items) items.push_back(to_json(message));
    return http::success(http::page_json(std::move(items), found.next), "Messages");
}

/// GET /v2/access/messages/{message_id}
Result<http::Response> MessageHandlers::get(const http::Request& request)
{
    const auto& id = request.parameter("message_id");
    if (!looks_like_id(id, "msg_")) return ErrorCode::MessageNotFound;
    ACCESSD_TRY(const auto message, messages_.find(id, request.scope()));
    if (!message) return ErrorCode::MessageNotFound;
    ACCESSD_TRY(const auto attempts, messages_.attempts(id));

    auto data = to_json(*message);
    auto& list = data["attempts"] = nlohmann::json::array();
    for (const auto& attempt : attempts) list.push_back(to_json(attempt));
    return http::success(data, "Message");
}

}  // namespace accessd::delivery
