#include "access/timeline.h"

#include "access/face_timeline.h"
#include "limits/window.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace accessd::access {
namespace {

using events::EventType;

std::string limit_sentence(contacts::Channel channel)
{
    const bool is_phone = contacts::is_phone(channel);
    const auto& limit = is_phone ? limits::kPhoneSends : limits::kEmailSends;
    return "The limit of " + std::to_string(limit.count) + " sends in " +
           std::to_string(limit.window.count()) + " seconds to this " +
           (is_phone ? "number" : "address") + " let it through.";
}

std::string_view name_of(contacts::Channel channel)
{
    switch (channel) {
    case contacts::Channel::Email: return "email";
    case contacts::Channel::Sms: return "SMS";
    case contacts::Channel::WhatsApp: return "WhatsApp";
    case contacts::Channel::Biometric: return "face";
    }
    return {};
}

/// What queueing a message means to who reads of it.
std::string queued_sentence(const delivery::Message& message, bool is_first)
{
    const auto by = contacts::is_phone(message.channel)
                        ? " for " + std::string{name_of(message.channel)}
                        : std::string{};
    if (message.is_fallback) {
        return "Nothing was heard of the message on the other channel: the same code was queued" +
               by + ".";
    }
    if (is_first) return "The message with the code was queued" + by + ".";
    return "It was asked for again: another message was queued" + by + ".";
}

/// It belongs to the address and not to the code, and has no events of its own: its status tells the rest.
void add_unlock_message(std::vector<TimelineEntry>& timeline, const delivery::Message& message)
{
    std::string text =
        "Too many wrong codes: email was paused for the address, and a message with a link "
        "that ends the pause was queued.";
    timeline.push_back({message.created_at, "unlock_queued", std::move(text), {}, {}});
    if (message.status != delivery::MessageStatus::Superseded) return;
    timeline.push_back({message.created_at,
                        "unlock_superseded",
                        "The message with the link wasn't sent: the pause ended first.",
                        {},
                        {}});
}

void add_messages(std::vector<TimelineEntry>& timeline,
                  const std::vector<delivery::Message>& messages)
{
    const delivery::Message* before = nullptr;
    for (const auto& message : messages) {
        if (message.kind == delivery::MessageKind::Unlock) {
            add_unlock_message(timeline, message);
            continue;
        }
        if (before != nullptr) {
            if (!message.is_fallback) {
                timeline.push_back(
                    {message.created_at, "limit_checked", limit_sentence(message.channel), {}, {}});
            }
            if (message.expires_at != before->expires_at) {
                timeline.push_back({message.created_at,
                                    "code_replaced",
                                    "A new code replaced the earlier one, which is good no longer.",
                                    {},
                                    {}});
            }
        }
        timeline.push_back(
            {message.created_at, "queued", queued_sentence(message, before == nullptr), {}, {}});
        if (message.status == delivery::MessageStatus::Superseded) {
            timeline.push_back({message.created_at,
                                "superseded",
                                "This message wasn't sent: its code was replaced or used up first.",
                                {},
                                {}});
        }
        before = &message;
    }
}

bool is_of_unlock(const delivery::Attempt& attempt, const std::vector<delivery::Message>& messages)
{
    return std::any_of(messages.begin(), messages.end(), [&](const delivery::Message& message) {
        return message.id == attempt.message_id && message.kind == delivery::MessageKind::Unlock;
    });
}

void add_attempts(std::vector<TimelineEntry>& timeline,
                  const std::vector<delivery::Attempt>& attempts,
                  const std::vector<delivery::Message>& messages)
{
    for (const auto& attempt : attempts) {
        std::string text = "Try " + std::to_string(attempt.number) + " by " + attempt.sender +
                           (is_of_unlock(attempt, messages) ? ", of the link: " : ": ");
        switch (attempt.outcome) {
        case delivery::Attempt::Outcome::Accepted: text += "accepted."; break;
        case delivery::Attempt::Outcome::TemporaryFailure: text += "failed for now."; break;
        case delivery::Attempt::Outcome::PermanentFailure: text += "refused for good."; break;
        }
        timeline.push_back({attempt.started_at, "attempt", std::move(text), attempt.reason,
                            attempt.provider_answer});
    }
}

void add_events(std::vector<TimelineEntry>& timeline, const std::vector<events::Event>& events,
                const Validation& validation)
{
    for (const auto& event : events) {
        const auto add = [&](std::string type, std::string text) {
            timeline.push_back({event.at, std::move(type), std::move(text), event.reason, {}});
        };
        switch (event.type) {
        case EventType::ValidationCreated:
            add("created", "A code was asked for.");
            timeline.push_back(
                {event.at, "limit_checked", limit_sentence(validation.channel), {}, {}});
            if (validation.decoy) {
                timeline.push_back(
                    {event.at,
                     "not_sent",
                     "No message goes out: nobody with this contact may log in here. "
                     "The caller can't tell.",
                     "unknown_user",
                     {}});
            }
            break;
        case EventType::OtpSent: add("sent", "The message was handed over."); break;
        case EventType::OtpDelivered: add("delivered", "The message was delivered."); break;
        case EventType::OtpDeliveryFailed:
            add("delivery_failed", "The message could not be delivered.");
            break;
        case EventType::OtpFailed: add("wrong_code", "A wrong code was tried."); break;
        case EventType::ValidationValidated: add("validated", "The right code was given."); break;
        case EventType::ValidationFailed: add("failed", "The validation failed."); break;
        case EventType::ValidationExpired: add("expired", "The code's time ran out."); break;
        case EventType::ValidationCanceled: add("canceled", "The validation was canceled."); break;
        default: break;  // Of the login, the user or the project: not about this validation.
        }
    }
}

/// What comes first of what happened in the same millisecond: from asking to handing over, then the rest in
/// the order of its events.
std::size_t step_of(const TimelineEntry& entry)
{
    constexpr std::array<std::string_view, 6> steps{"created", "limit_checked", "code_replaced",
                                                    "queued",  "superseded",    "attempt"};
    const auto found = std::find(steps.begin(), steps.end(), entry.type);
    return static_cast<std::size_t>(found - steps.begin());
}

}  // namespace

std::vector<TimelineEntry> build_timeline(const Validation& validation,
                                          const std::vector<events::Event>& events,
                                          const std::vector<delivery::Message>& messages,
                                          const std::vector<delivery::Attempt>& attempts,
                                          TimePoint now)
{
    if (validation.channel == contacts::Channel::Biometric) {
        return build_face_timeline(validation, events, now);
    }
    std::vector<TimelineEntry> timeline;
    add_events(timeline, events, validation);
    add_messages(timeline, messages);
    add_attempts(timeline, attempts, messages);
    const bool says_expired = std::any_of(timeline.begin(), timeline.end(), [](const auto& entry) {
        return entry.type == "expired";
    });
    if (validation.status_at(now) == ValidationStatus::Expired && !says_expired) {
        timeline.push_back({validation.expires_at, "expired", "The code's time ran out.", {}, {}});
    }
    std::stable_sort(timeline.begin(), timeline.end(), [](const auto& a, const auto& b) {
        return std::pair{a.at, step_of(a)} < std::pair{b.at, step_of(b)};
    });
    return timeline;
}

void add_receipts(std::vector<TimelineEntry>& timeline,
                  const std::vector<delivery::Receipt>& receipts)
{
    using Kind = delivery::Receipt::Kind;
    const auto words = [](Kind kind) {
        switch (kind) {
        case Kind::Delivered: return "The relay or provider says: the recipient has the message.";
        case Kind::Bounced: return "The relay or provider says: the message couldn't be delivered.";
        case Kind::Complained: return "The relay says: the recipient marked it as spam.";
        case Kind::Deferred: return "The relay says: not delivered yet, it goes on trying.";
        }
        return "";
    };
    for (const auto& receipt : receipts) {
        // Before the event that it caused, which has the same moment.
        const auto place =
            std::lower_bound(timeline.begin(), timeline.end(), receipt.received_at,
                             [](const auto& entry, TimePoint at) { return entry.at < at; });
        timeline.insert(place, {receipt.received_at, "receipt", words(receipt.kind), receipt.reason,
                                receipt.provider_answer});
    }
}

}  // namespace accessd::access
