#pragma once

#include "delivery/delivery_workers.h"
#include "delivery/inbox_sender.h"
#include "delivery/message.h"

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// How long to wait after the `attempts`-th failed try (from 1): 1, 3, 8, 20, then 60 seconds, and
/// up to a fifth more, which differs from message to message, so that they don't all come at once. Ten minutes
/// after the twentieth, which only messages see that outlive a code.
std::chrono::milliseconds retry_delay(int attempts, const std::string& message_id);

/// One try to hand a leased message over, and what follows from it.
/// Threads: safe to call concurrently.
class MessageDelivery {
public:
    explicit MessageDelivery(const DeliveryWorkers::Parts& parts);

    /// Never fails: what went wrong is in the report.
    AttemptReport deliver(const Message& message);

    /// Counts a message that was written straight into an inbox.
    void count_inbox();

private:
    /// The numbers of one sender, by Attempt::Outcome.
    using Counters = std::array<metrics::Counter*, 3>;

    Counters counters_of(std::string_view sender) const;
    InboxOutcome hand_over(const Message& message);
    SendOutcome send_live(const Message& message, const projects::ProjectSetup& setup);
    std::string_view mail_name() const;

    DeliveryWorkers::Parts parts_;
    Counters inbox_count_;
    Counters mail_count_;
    metrics::Histogram& mail_duration_;
};

}  // namespace accessd::delivery
