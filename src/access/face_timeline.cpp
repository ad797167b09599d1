#include "access/face_timeline.h"

#include <algorithm>
#include <utility>

namespace accessd::access {
namespace {

using events::EventType;

constexpr auto kExpired = "The validation's time ran out.";

/// Type and sentence of an event; an empty type for one that isn't about the validation.
std::pair<std::string, std::string> words_for(EventType type)
{
    switch (type) {
    case EventType::ValidationCreated: return {"created", "A face was asked for."};
    case EventType::FaceMatched: return {"face_matched", "The face matched the enrolled one."};
    case EventType::FaceNotMatched: return {"face_not_matched", "Another face was shown."};
    case EventType::LivenessPassed:
        return {"liveness_passed", "A living person was in front of the camera, as far as the "
                                   "validation's assurance says."};
    case EventType::LivenessFailed:
        return {"liveness_failed", "It wasn't shown that a living person is there."};
    case EventType::SecurityImageReplayed:
        return {"image_replayed", "A picture was shown that had been seen before."};
    case EventType::FaceRegistered: return {"face_registered", "The face was enrolled."};
    case EventType::FaceRefreshed:
        return {"face_refreshed", "The login's picture is compared with as well, from now on."};
    case EventType::ValidationValidated: return {"validated", "Everything was shown."};
    case EventType::ValidationFailed: return {"failed", "The validation failed."};
    case EventType::ValidationExpired: return {"expired", kExpired};
    case EventType::ValidationCanceled: return {"canceled", "The validation was canceled."};
    default: return {};
    }
}

}  // namespace

std::vector<TimelineEntry> build_face_timeline(const Validation& validation,
                                               const std::vector<events::Event>& events,
                                               TimePoint now)
{
    std::vector<TimelineEntry> timeline;
    for (const auto& event : events) {
        auto [type, text] = words_for(event.type);
        if (type.empty()) continue;
        timeline.push_back({event.at, std::move(type), std::move(text), event.reason, {}});
        if (event.type != EventType::ValidationCreated || !validation.decoy) continue;
        timeline.push_back({event.at,
                            "nobody",
                            "No face can match: nobody with this name is enrolled, or the login is "
                            "another person's. The caller can't tell.",
                            "unknown_user",
                            {}});
    }
    const bool says_expired = std::any_of(timeline.begin(), timeline.end(), [](const auto& entry) {
        return entry.type == "expired";
    });
    if (validation.status_at(now) == ValidationStatus::Expired && !says_expired) {
        timeline.push_back({validation.expires_at, "expired", kExpired, {}, {}});
    }
    return timeline;
}

}  // namespace accessd::access
