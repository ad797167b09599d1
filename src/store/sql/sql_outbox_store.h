#pragma once

#include "delivery/outbox_store.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlOutboxStore final : public delivery::OutboxStore {
public:
    SqlOutboxStore(Database& database, EventWriter& events, Random& random)
        : database_(database), events_(events), random_(random)
    {
    }

    Result<std::vector<delivery::Message>> lease(int count, std::chrono::seconds lease_for,
                                                 TimePoint now) override;
    Result<void> report(const std::vector<delivery::AttemptReport>& reports,
                        TimePoint now) override;
    Result<void> release(const std::vector<delivery::Lease>& leases) override;
    Result<void> defer(const std::vector<delivery::Lease>& leases, TimePoint until) override;
    Result<std::optional<TimePoint>> next_due() override;
    Result<delivery::QueueState> queue_state(TimePoint now) override;
    Result<Page<delivery::Message>> inbox(const std::string& project_id,
                                          const std::optional<std::string>& recipient,
                                          const PageRequest& page) override;
    Result<std::vector<delivery::Message>> of_validation(const std::string& project_id,
                                                         const std::string& validation_id) override;
    Result<std::vector<delivery::Attempt>> attempts_of_validation(
        const std::string& project_id, const std::string& validation_id) override;

    /// Takes back what a process that died had leased: nobody else works on an embedded store.
    /// Errors: StoreUnavailable.
    Result<void> release_all();

private:
    Database& database_;
    EventWriter& events_;
    Random& random_;  ///< Of the ids of messages by the other channel.
};

}  // namespace accessd::store
