#pragma once

#include "base/secret.h"
#include "webhooks/webhook_queue_store.h"
#include "webhooks/webhook_request.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace accessd::webhooks {

/// One webhook's queue while this process holds it: what is read of it and not yet sent, what is under way, and
/// what is not yet written down. Decides how many requests its endpoint gets at a time: one more for each that
/// goes well, fewer as soon as one doesn't or takes long. Threads: one.
class EndpointQueue {
public:
    EndpointQueue(LeasedQueue leased, TimePoint leased_until, int at_once_max);

    const Webhook& webhook() const { return webhook_; }
    TimePoint leased_until() const { return leased_until_; }

    /// Whether more should be read from the store.
    bool wants_more(TimePoint now) const;
    /// How far it was read: what WebhookQueueStore::next goes on behind.
    std::int64_t read_to() const { return read_to_; }
    void take_in(QueueBatch batch, TimePoint now);

    /// The next to send, if there is one and its endpoint may be asked now. It is under way until tried().
    std::optional<DueEvent> take_next(TimePoint now);
    /// One that can't be sent: its event is kept no longer.
    void drop(DueEvent due, TimePoint now);
    void tried(DueEvent due, TryOutcome outcome, TimePoint now);

    bool is_under_way() const { return under_way_ > 0; }
    bool has_results() const { return !results_.empty(); }
    std::size_t result_count() const { return results_.size(); }
    /// Nothing to send, nothing under way; since when.
    std::optional<TimePoint> idle_since() const;
    /// Nothing may be sent for a while, and nothing is under way.
    bool is_resting(TimePoint now) const { return under_way_ == 0 && now < state_.hold_until; }
    /// The server shall switch it off, for this reason.
    const std::string& disable_reason() const { return disable_reason_; }
    /// No longer ours, paused or gone: nothing new is sent.
    void stop() { is_stopped_ = true; }
    bool is_stopped() const { return is_stopped_; }

    /// What to write down now. reported() or report_failed() must follow.
    QueueReport make_report(TimePoint leased_until);
    void reported(TimePoint leased_until);
    void report_failed();

private:
    std::int64_t cursor_without(const std::vector<TriedDelivery>& results) const;
    void add_due(std::vector<DueEvent> events);
    void count(const TryOutcome& outcome, TimePoint now, const std::string& seed);
    void plan_retry(Delivery& delivery, const TryOutcome& outcome, TimePoint now) const;

    Webhook webhook_;
    QueueState state_;
    TimePoint leased_until_;
    const int at_once_max_;
    int at_once_ = 4;
    int under_way_ = 0;
    std::int64_t read_to_;
    bool has_more_ = true;
    bool is_stopped_ = false;
    TimePoint read_at_;
    std::optional<TimePoint> idle_since_;
    std::string disable_reason_;
    std::deque<DueEvent> ready_;
    std::unordered_set<std::int64_t>
        in_hand_;                  ///< Sequences that are ready, under way or not yet written down.
    std::set<std::int64_t> open_;  ///< Those of them behind the cursor.
    std::vector<TriedDelivery> results_;
    std::vector<TriedDelivery> reporting_;
};

}  // namespace accessd::webhooks
