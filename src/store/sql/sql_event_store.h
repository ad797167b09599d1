#pragma once

#include "events/event_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlEventStore final : public events::EventStore {
public:
    explicit SqlEventStore(Database& database) : database_(database) {}

    Result<std::vector<events::Event>> of_validation(const std::string& project_id,
                                                     const std::string& validation_id) override;
    Result<std::vector<events::Event>> after(const std::string& project_id, std::int64_t sequence,
                                             int limit) override;

private:
    Database& database_;
};

}  // namespace accessd::store
