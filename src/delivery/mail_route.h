#pragma once

#include "base/result.h"
#include "delivery/circuit_breaker.h"
#include "delivery/sender.h"
#include "delivery/sending_slots.h"
#include "delivery/text_sender.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace accessd::delivery {

/// An account that messages of one channel can leave through: a project's own or the operator's. Threads: safe to use
/// concurrently.
struct MailRoute {
    MailRoute(const Clock& clock, int slot_count, std::unique_ptr<Sender> mail_sender)
        : sender(std::move(mail_sender)), breaker(clock), slots(slot_count)
    {
    }
    MailRoute(const Clock& clock, int slot_count, contacts::Channel way,
              std::unique_ptr<TextSender> text_sender)
        : channel(way), texts(std::move(text_sender)), breaker(clock), slots(slot_count)
    {
    }

    std::string id;      ///< "snd_..."; of the operator's accounts the section's name, "smtp".
    std::string name;    ///< For people: "Postmark", "smtp".
    std::string metric;  ///< For metrics: "smtp", or "project" for all of the projects' own.
    contacts::Channel channel = contacts::Channel::Email;
    /// Of numbers that it is for: "+34", "+3460"; empty: all of them.
    std::vector<std::string> prefixes;
    std::string from;       ///< These three are of mail.
    std::string from_name;  ///< Empty: the project's name.
    std::string reply_to;
    std::chrono::seconds timeout{20};   ///< The longest that a message takes.
    std::unique_ptr<Sender> sender;     ///< Of mail; else null.
    std::unique_ptr<TextSender> texts;  ///< Of SMS or WhatsApp; else null.
    CircuitBreaker breaker;
    SendingSlots slots;
};

using Routes = std::vector<std::shared_ptr<MailRoute>>;

/// Where a project's messages may leave through.
class MailRoutes {
public:
    virtual ~MailRoutes() = default;
    /// Those of the channel that take this recipient, in the order in which they are tried: the project's own,
    /// then the operator's; among numbers' senders the one with the longest prefix first, then by priority.
    /// Errors: StoreUnavailable. Threads: safe to call concurrently.
    virtual Result<Routes> routes_of(const std::string& project_id, contacts::Channel channel,
                                     const std::string& recipient) = 0;
};

}  // namespace accessd::delivery
