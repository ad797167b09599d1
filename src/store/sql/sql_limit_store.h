#pragma once

#include "limits/limit_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlLimitStore final : public limits::LimitStore {
public:
    explicit SqlLimitStore(Database& database) : database_(database) {}

    Result<limits::Decision> take(const std::string& key, const limits::Limit& limit,
                                  TimePoint now) override;
    Result<limits::Decision> take_all(const std::vector<limits::KeyedLimit>& limits,
                                      TimePoint now) override;
    Result<limits::Decision> peek(const std::string& key, const limits::Limit& limit,
                                  TimePoint now) override;
    Result<void> give_back(const std::string& key, TimePoint at) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
};

}  // namespace accessd::store
