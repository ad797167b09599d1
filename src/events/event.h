#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::events {

/// What can happen. The names are those of api.md, section 9.
enum class EventType {
    ValidationCreated,
    ValidationValidated,
    ValidationFailed,
    ValidationExpired,
    ValidationCanceled,
    OtpSent,
    OtpDelivered,
    OtpDeliveryFailed,
    OtpFailed,
    FaceRegistered,
    FaceMatched,
    FaceNotMatched,
    FaceRefreshed,
    FaceDeleted,
    LivenessPassed,
    LivenessFailed,
    ConsentRecorded,
    ConsentWithdrawn,
    LoginCompleted,
    LoginFailed,
    UserCreated,
    UserUpdated,
    UserDeleted,
    SourceDown,
    SourceUp,
    ImportFinished,
    SecurityRateLimited,
    SecurityLocked,
    SecurityUnlocked,
    SecurityImageReplayed,
    SecurityTokenRevoked,
    SecurityFraudBlocked,
    SecurityFraudUnblocked,
    WebhookDisabled,
};

/// The last type, so that all can be walked through.
inline constexpr auto kLastEventType = EventType::WebhookDisabled;

std::string_view to_text(EventType type);  ///< "validation.created".
std::optional<EventType> parse_event_type(std::string_view text);

/// Something that happened in a project, written in the transaction of the change that it reports.
/// The one source of webhooks, the event stream and timelines. Holds ids and masked contacts; never
/// a code, a token, a score or a full contact.
struct Event {
    std::string id;  ///< evt_...; made by the store when empty.
    std::string project_id;
    EventType type{};
    TimePoint at;
    std::string flow_id;  ///< These are empty where they don't apply.
    std::string login_id;
    std::string validation_id;
    std::string user_id;
    std::string
        subject_id;  ///< What it is about where no other id says so: the webhook of webhook.disabled.
    std::string channel;
    std::string destination;    ///< Masked.
    std::string reason;         ///< A short word or sentence: "wrong_code".
    std::string metadata;       ///< The caller's JSON object, as given.
    std::int64_t count = 0;     ///< For security.rate_limited: refusals so far in this window.
    bool test = false;          ///< In a test project.
    std::int64_t sequence = 0;  ///< Rises by one per project; given by the store.
};

}  // namespace accessd::events
