#pragma once

#include "access/login_code_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlLoginCodeStore final : public access::LoginCodeStore {
public:
    explicit SqlLoginCodeStore(Database& database) : database_(database) {}

    Result<std::optional<access::LoginCode>> take(const std::string& digest,
                                                  const ProjectScope& scope,
                                                  TimePoint now) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
};

/// Inside the caller's transaction. Throws SqlFailure.
void insert_login_code(Connection& connection, const access::LoginCode& code);

}  // namespace accessd::store
