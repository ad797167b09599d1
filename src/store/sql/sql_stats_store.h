#pragma once

#include "access/stats_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlStatsStore final : public access::StatsStore {
public:
    explicit SqlStatsStore(Database& database) : database_(database) {}

    Result<access::Stats> count(const std::string& project_id, const access::StatsRange& range,
                                int rows_max, TimePoint now) override;

private:
    Database& database_;
};

}  // namespace accessd::store
