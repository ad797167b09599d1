#pragma once

#include "limits/idempotency_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlIdempotencyStore final : public limits::IdempotencyStore {
public:
    explicit SqlIdempotencyStore(Database& database) : database_(database) {}

    Result<limits::IdempotentStart> start(const limits::IdempotentRequest& request,
                                          const std::string& lease, TimePoint now,
                                          TimePoint leased_until) override;
    Result<void> finish(const std::string& scope, const std::string& lease,
                        const std::string& sealed_answer, TimePoint expires_at) override;
    Result<void> abandon(const std::string& scope, const std::string& lease) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
};

}  // namespace accessd::store
