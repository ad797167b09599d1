#pragma once

#include "delivery/delivery_workers.h"
#include "delivery/inbox_sender.h"
#include "delivery/message.h"

#include "delivery/failover.h"

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// How long to wait after the `attempts`-th failed try (from 1): 1, 3, 8, 20, then 60 seconds, and
/// up to a fifth more, which differs from message to message, so that they don't all come at once. Ten minutes
/// after the twentieth, which only messages see that outlive a code.
std::chrono::milliseconds retry_delay(int attempts, const std::string& message_id);

/// What came of a leased message.
struct Delivered {
    std::vector<AttemptReport>
        reports;  ///< One for each try; the last says what the message becomes.
    std::optional<TimePoint> defer_until;  ///< Instead of reports: its sender has its hands full.
};

/// Hands a leased message over, by one sender after the other, and says what follows from it.
/// Threads: safe to call concurrently.
class MessageDelivery {
public:
    explicit MessageDelivery(const DeliveryWorkers::Parts& parts);

    /// Never fails: what went wrong is in the reports. `deadline`: the end of the lease.
    Delivered deliver(const Message& message, TimePoint deadline);

    /// Counts a message that was written straight into an inbox.
    void count_inbox();

private:
    /// The numbers of one sender, by Attempt::Outcome.
    struct Numbers {
        std::array<metrics::Counter*, 3> outcomes{};
        metrics::Histogram* duration = nullptr;
    };

    const Numbers& numbers_of(const std::string& metric);
    Delivered deliver_in_test(const Message& message, const projects::ProjectSetup& setup);
    Delivered deliver_live(const Message& message, const projects::ProjectSetup& setup,
                           TimePoint deadline);
    SendOutcome send_live(const Message& message, const projects::ProjectSetup& setup,
                          MailRoute& route);
    SendOutcome send_text(const Message& message, const projects::ProjectSetup& setup,
                          MailRoute& route);
    void plan_fallback(Delivered& done, const Message& message, const projects::ProjectSetup& setup,
                       bool gives_receipts) const;
    int tries_that_may_have_arrived(const Message& message);
    Delivered to_reports(const Message& message, Round round);
    Delivered give_up_for_now(const Message& message, Attempt::Outcome outcome, std::string reason);

    DeliveryWorkers::Parts parts_;
    std::mutex numbers_mutex_;
    std::map<std::string, Numbers> numbers_;  ///< Of a few senders: projects' own count as one.
};

}  // namespace accessd::delivery
