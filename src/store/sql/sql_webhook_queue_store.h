#pragma once

#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "webhooks/webhook_queue_store.h"

namespace accessd::store {

class SqlWebhookQueueStore final : public webhooks::WebhookQueueStore {
public:
    SqlWebhookQueueStore(Database& database, EventWriter& events, Random& random)
        : database_(database), events_(events), random_(random)
    {
    }

    Result<std::vector<webhooks::LeasedQueue>> lease(const std::string& holder, int count,
                                                     TimePoint until, TimePoint now) override;
    Result<webhooks::QueueBatch> next(const std::string& webhook_id, const std::string& project_id,
                                      std::int64_t after, int limit, TimePoint now) override;
    Result<std::vector<std::string>> report(const std::string& holder,
                                            const std::vector<webhooks::QueueReport>& reports,
                                            TimePoint now) override;
    Result<bool> expand_replays(const std::string& webhook_id, int events_max,
                                TimePoint now) override;
    Result<void> disable(const webhooks::DisableWebhook& disable) override;
    Result<webhooks::QueueNumbers> numbers() override;

    /// Takes back what a process that died had leased: nobody else works on an embedded store.
    /// Errors: StoreUnavailable.
    Result<void> release_all();

private:
    void write_tried(Connection& connection, const webhooks::TriedDelivery& tried, TimePoint now);

    Database& database_;
    EventWriter& events_;
    Random& random_;
};

}  // namespace accessd::store
