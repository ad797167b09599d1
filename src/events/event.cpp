#include "events/event.h"

#include "events/event_store.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::events {

std::string_view to_text(EventType type)
{
    switch (type) {
    case EventType::ValidationCreated: return "validation.created";
    case EventType::ValidationValidated: return "validation.validated";
    case EventType::ValidationFailed: return "validation.failed";
    case EventType::ValidationExpired: return "validation.expired";
    case EventType::ValidationCanceled: return "validation.canceled";
    case EventType::OtpSent: return "otp.sent";
    case EventType::OtpDelivered: return "otp.delivered";
    case EventType::OtpDeliveryFailed: return "otp.delivery_failed";
    case EventType::OtpFailed: return "otp.failed";
    case EventType::FaceRegistered: return "face.registered";
    case EventType::FaceMatched: return "face.matched";
    case EventType::FaceNotMatched: return "face.not_matched";
    case EventType::FaceRefreshed: return "face.refreshed";
    case EventType::FaceDeleted: return "face.deleted";
    case EventType::LivenessPassed: return "liveness.passed";
    case EventType::LivenessFailed: return "liveness.failed";
    case EventType::ConsentRecorded: return "consent.recorded";
    case EventType::ConsentWithdrawn: return "consent.withdrawn";
    case EventType::LoginCompleted: return "login.completed";
    case EventType::LoginFailed: return "login.failed";
    case EventType::UserCreated: return "user.created";
    case EventType::UserUpdated: return "user.updated";
    case EventType::UserDeleted: return "user.deleted";
    case EventType::SourceDown: return "source.down";
    case EventType::SourceUp: return "source.up";
    case EventType::ImportFinished: return "import.finished";
    case EventType::SecurityRateLimited: return "security.rate_limited";
    case EventType::SecurityLocked: return "security.locked";
    case EventType::SecurityUnlocked: return "security.unlocked";
    case EventType::SecurityImageReplayed: return "security.image_replayed";
    case EventType::SecurityTokenRevoked: return "security.token_revoked";
    case EventType::SecurityFraudBlocked: return "security.fraud_blocked";
    case EventType::SecurityFraudUnblocked: return "security.fraud_unblocked";
    case EventType::WebhookDisabled: return "webhook.disabled";
    }
    std::abort();
}

std::optional<EventType> parse_event_type(std::string_view text)
{
    for (int i = 0; i <= static_cast<int>(kLastEventType); ++i) {
        const auto type = static_cast<EventType>(i);
        if (text == to_text(type)) return type;
    }
    return std::nullopt;
}

bool EventFilter::takes(const Event& event) const
{
    const auto is = [](const std::optional<std::string>& wanted, const std::string& value) {
        return !wanted || *wanted == value;
    };
    const bool is_type =
        types.empty() || std::find(types.begin(), types.end(), event.type) != types.end();
    const bool is_time = (!from || event.at >= *from) && (!to || event.at < *to);
    return is_type && is_time && is(user_id, event.user_id) && is(login_id, event.login_id) &&
           is(validation_id, event.validation_id);
}

}  // namespace accessd::events
