#pragma once

#include "projects/retention_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlRetentionStore final : public projects::RetentionStore {
public:
    explicit SqlRetentionStore(Database& database) : database_(database) {}

    Result<int> remove_validations(const std::string& project_id, TimePoint before,
                                   int rows_max) override;
    Result<int> remove_logins(const std::string& project_id, TimePoint before,
                              int rows_max) override;
    Result<int> remove_messages(const std::string& project_id, TimePoint before,
                                int rows_max) override;
    Result<int> empty_inbox(const std::string& project_id, TimePoint before, int rows_max) override;
    Result<int> forget_clients(const std::string& project_id, TimePoint before,
                               int rows_max) override;
    Result<int> remove_events(const std::string& project_id, TimePoint before,
                              int rows_max) override;
    Result<int> remove_webhook_deliveries(const std::string& project_id, TimePoint before,
                                          int rows_max) override;
    Result<int> remove_fraud_blocks(const std::string& project_id, TimePoint before,
                                    int rows_max) override;
    Result<int> remove_fraud_counters(const std::string& project_id, TimePoint before,
                                      int rows_max) override;
    Result<int> remove_audit(const std::string& project_id, TimePoint before,
                             int rows_max) override;

private:
    Database& database_;
};

}  // namespace accessd::store
