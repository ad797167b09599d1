#pragma once

#include "base/result.h"
#include "delivery/circuit_breaker.h"
#include "delivery/sender.h"
#include "delivery/sending_slots.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace accessd::delivery {

/// An account that mail can leave through: a project's own or the operator's. Threads: safe to use
/// concurrently.
struct MailRoute {
    MailRoute(const Clock& clock, int slot_count, std::unique_ptr<Sender> mail_sender)
        : sender(std::move(mail_sender)), breaker(clock), slots(slot_count)
    {
    }

    std::string id;      ///< "snd_..."; of the operator's accounts the section's name, "smtp".
    std::string name;    ///< For people: "Postmark", "smtp".
    std::string metric;  ///< For metrics: "smtp", or "project" for all of the projects' own.
    std::string from;
    std::string from_name;  ///< Empty: the project's name.
    std::string reply_to;
    std::chrono::seconds timeout{20};  ///< The longest that a mail takes.
    std::unique_ptr<Sender> sender;
    CircuitBreaker breaker;
    SendingSlots slots;
};

using Routes = std::vector<std::shared_ptr<MailRoute>>;

/// Where a project's mail may leave through.
class MailRoutes {
public:
    virtual ~MailRoutes() = default;
    /// In the order in which they are tried: the project's own, then the operator's. Errors: StoreUnavailable.
    /// Threads: safe to call concurrently.
    virtual Result<Routes> routes_of(const std::string& project_id) = 0;
};

}  // namespace accessd::delivery
