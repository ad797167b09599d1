#pragma once

#include "base/clock.h"
#include "contacts/channel.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

enum class MessageStatus {
    Queued,      ///< Waiting for a worker, or for the next try.
    Sent,        ///< The relay or provider accepted it.
    Delivered,   ///< A receipt came.
    Failed,      ///< Refused for good, or out of tries.
    Expired,     ///< Its code died before it could be sent: nothing is sent late.
    Superseded,  ///< A newer code replaced the one in it, or its validation ended.
};

/// What a message is for.
enum class MessageKind {
    Code,             ///< A code to log in with, and perhaps a link that does the same.
    Unlock,           ///< A link that ends a lock.
    WebhookDisabled,  ///< Tells a project's contact so; `metadata` says which and why.
};

std::string_view to_text(MessageKind kind);
std::optional<MessageKind> parse_message_kind(std::string_view text);

std::string_view to_text(MessageStatus status);
std::optional<MessageStatus> parse_message_status(std::string_view text);

/// A message to a person. Inserted by the store method that makes its code or link, in the same
/// transaction.
struct Message {
    std::string id;
    std::string project_id;
    std::string flow_id;
    std::string login_id;
    std::string validation_id;  ///< Of Unlock: the one whose failure was one too many.
    MessageKind kind{};
    contacts::Channel channel{};
    std::string recipient;  ///< Canonical.
    contacts::Language language{};
    std::string sealed_code;  ///< delivery/sealed_code.h. Empty once sent or dead, except in test
                              ///< projects, whose inbox shows it until it is pruned.
    std::string metadata;     ///< The caller's JSON object, handed back in events.
    bool test = false;        ///< Goes to the inbox instead of the person.
    MessageStatus status = MessageStatus::Queued;
    TimePoint created_at;
    TimePoint expires_at;  ///< Of the code or link: nothing is sent from then on.
    TimePoint next_attempt_at;
    int attempts = 0;
    bool is_fallback =
        false;  ///< The server sent it by itself, as the other channel brought no receipt.
    std::optional<TimePoint> leased_until{};  ///< Some worker has it until then.
};

/// A worker's hold on a message. Its end tells it from every other lease of this message.
struct Lease {
    std::string message_id;
    TimePoint until;
};

/// One try to hand a message over.
struct Attempt {
    std::string message_id;
    int number = 1;  ///< From 1. A report's is given by the store: the message's next.
    TimePoint started_at;
    std::chrono::milliseconds duration{0};
    std::string sender;     ///< Its name: "smtp", "inbox".
    std::string sender_id;  ///< "snd_..."; of the operator's accounts and the inbox, the name.
    enum class Outcome { Accepted, TemporaryFailure, PermanentFailure } outcome{};
    std::string reason;         ///< Plain words: "the relay refused the recipient".
    std::string provider_id{};  ///< The other side's own id of the message; empty: it said none.
    std::string
        provider_answer;  ///< The other side's own words, shortened, no contact in it: "451 4.7.1 ...".
};

std::string_view to_text(Attempt::Outcome outcome);

/// What a worker found out about a leased message.
struct AttemptReport {
    Attempt attempt;
    MessageStatus status{};  ///< What the message becomes; Queued: try again at `retry_at`.
    TimePoint retry_at;
    bool receipt = false;  ///< Also say otp.delivered (the inbox knows at once).
    /// When the other channel takes over unless a receipt comes first; nothing: never.
    std::optional<TimePoint> fall_back_at{};
    std::optional<TimePoint> leased_until{};  ///< The lease under which the try was made.
};

}  // namespace accessd::delivery
