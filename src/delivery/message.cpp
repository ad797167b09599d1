#include "delivery/message.h"

#include <cstdlib>

namespace accessd::delivery {

std::string_view to_text(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Code: return "code";
    case MessageKind::Unlock: return "unlock";
    case MessageKind::WebhookDisabled: return "webhook_disabled";
    }
    std::abort();
}

std::optional<MessageKind> parse_message_kind(std::string_view text)
{
    for (const auto kind : {MessageKind::Code, MessageKind::Unlock, MessageKind::WebhookDisabled}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

std::string_view to_text(MessageStatus status)
{
    switch (status) {
    case MessageStatus::Queued: return "queued";
    case MessageStatus::Sent: return "sent";
    case MessageStatus::Delivered: return "delivered";
    case MessageStatus::Failed: return "failed";
    case MessageStatus::Expired: return "expired";
    case MessageStatus::Superseded: return "superseded";
    }
    std::abort();
}

std::optional<MessageStatus> parse_message_status(std::string_view text)
{
    using enum MessageStatus;
    for (const auto status : {Queued, Sent, Delivered, Failed, Expired, Superseded}) {
        if (text == to_text(status)) return status;
    }
    return std::nullopt;
}

std::string_view to_text(Attempt::Outcome outcome)
{
    switch (outcome) {
    case Attempt::Outcome::Accepted: return "accepted";
    case Attempt::Outcome::TemporaryFailure: return "temporary_failure";
    case Attempt::Outcome::PermanentFailure: return "permanent_failure";
    }
    std::abort();
}

}  // namespace accessd::delivery
