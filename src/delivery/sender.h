#pragma once

#include "base/clock.h"
#include "contacts/channel.h"
#include "delivery/message.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// A message as its reader will see it. All text is UTF-8.
struct OutgoingMail {
    std::string message_id;  ///< Ours; becomes the part before the '@' of the Message-ID header.
    std::string recipient;
    std::string from;
    std::string from_name;
    std::string reply_to;  ///< Empty: answers go to `from`.
    std::string subject;
    std::string text;
    std::string html;
    TimePoint date;
    contacts::Language language{};
};

/// What became of one try.
struct SendOutcome {
    Attempt::Outcome outcome{};
    std::string reason;           ///< Plain words; when accepted, at most a remark.
    std::string provider_answer;  ///< The other side's own words, without contacts.
    /// Of a failure: the account or the way to its server is at fault, so another sender may do better.
    bool concerns_account = false;
    /// Of a failure for good: this message isn't for this account, but another sender may take it.
    bool is_for_another = false;
    /// Of a failure: the other side had the whole message, and may have passed it on.
    bool may_have_arrived = false;
    std::string provider_id{};  ///< The other side's own id of the message; empty: it said none.
    /// Of a failure: the other side says not to come back before.
    std::optional<std::chrono::seconds> retry_after{};
};

/// A way to hand mail over. Threads: send() is safe to call concurrently.
class Sender {
public:
    virtual ~Sender() = default;
    /// For attempts and metrics: "smtp".
    virtual std::string_view name() const = 0;
    /// Waits until the other side has taken or refused the message, or the time for it is up.
    virtual SendOutcome send(const OutgoingMail& mail) = 0;
};

}  // namespace accessd::delivery
