#pragma once

#include "base/result.h"
#include "delivery/message.h"
#include "events/event.h"
#include "webhooks/webhook.h"
#include "webhooks/webhook_delivery.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace accessd::webhooks {

/// How far a webhook's queue has come, and how its endpoint fares.
struct QueueState {
    std::int64_t cursor =
        0;             ///< Events up to this sequence are delivered, or are deliveries that wait.
    int failures = 0;  ///< One after the other, up to now.
    std::optional<TimePoint> failing_since;
    TimePoint hold_until;  ///< No try before.
    std::optional<TimePoint> succeeded_at;
    std::optional<TimePoint> failed_at;
};

/// A queue that this node alone works on, as long as the lease lasts.
struct LeasedQueue {
    Webhook webhook;
    QueueState state;
};

/// An event that is to be sent. `delivery` has no id yet where it is the first try.
struct DueEvent {
    events::Event event;
    Delivery delivery;
};

/// What a queue holds for its endpoint.
struct QueueBatch {
    std::optional<Webhook> webhook;  ///< As it is now; nothing: it is gone.
    std::vector<DueEvent> due;       ///< Deliveries whose next try has come.
    std::vector<DueEvent> fresh;     ///< Events that were never tried, by sequence.
    std::int64_t read_to = 0;        ///< Every event up to this sequence was looked at.
    bool has_more = false;           ///< More than fitted.
};

/// What came of some tries of one queue.
struct QueueReport {
    std::string webhook_id;
    QueueState state;
    TimePoint leased_until;  ///< From now on; in the past gives the queue back.
    std::vector<TriedDelivery> tried;
};

/// A webhook that the server switches off.
struct DisableWebhook {
    std::string webhook_id;
    std::string project_id;
    std::string reason;  ///< kGone, kFailing.
    TimePoint at;
    bool test = false;                        ///< In a test project.
    std::optional<delivery::Message> mail{};  ///< To the project's contact; nothing: it has none.
};

/// Of all queues together.
struct QueueNumbers {
    std::int64_t waiting_events = 0;     ///< That active webhooks' cursors stand before.
    std::int64_t queued_deliveries = 0;  ///< That wait for another try.
};

/// Events on their way to webhooks. Every engine passes tests/store/webhook_store_contract_test.cpp.
/// Errors: StoreUnavailable.
class WebhookQueueStore {
public:
    virtual ~WebhookQueueStore() = default;

    /// Takes up to `count` queues that have something to send and are nobody's. `holder` names this process.
    virtual Result<std::vector<LeasedQueue>> lease(const std::string& holder, int count,
                                                   TimePoint until, TimePoint now) = 0;
    /// What to send next: deliveries that are due at `now`, and the events behind `after`, at most `limit` of
    /// each. Events that already are deliveries are left out of the latter.
    virtual Result<QueueBatch> next(const std::string& webhook_id, const std::string& project_id,
                                    std::int64_t after, int limit, TimePoint now) = 0;
    /// Writes down what came of tries, in one transaction. Reports about queues that `holder` holds no longer
    /// change nothing; their webhooks' ids are returned.
    virtual Result<std::vector<std::string>> report(const std::string& holder,
                                                    const std::vector<QueueReport>& reports,
                                                    TimePoint now) = 0;
    /// Takes the next events of ranges that are to be sent again: their deliveries become due. At most
    /// `events_max`; returns whether there are more.
    virtual Result<bool> expand_replays(const std::string& webhook_id, int events_max,
                                        TimePoint now) = 0;
    /// Switches it off, with the event and the mail that tell so; what waits for it has failed. Nothing if it
    /// isn't active.
    virtual Result<void> disable(const DisableWebhook& disable) = 0;
    virtual Result<QueueNumbers> numbers() = 0;
};

}  // namespace accessd::webhooks
