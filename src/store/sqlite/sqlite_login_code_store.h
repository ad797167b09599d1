#pragma once

#include "access/login_code_store.h"
#include "store/sqlite/database.h"

namespace accessd::store {

class SqliteLoginCodeStore final : public access::LoginCodeStore {
public:
    explicit SqliteLoginCodeStore(Database& database) : database_(database) {}

    Result<std::optional<access::LoginCode>> take(const std::string& digest,
                                                  const ProjectScope& scope,
                                                  TimePoint now) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
};

/// Inside the caller's transaction. Throws SqliteFailure.
void insert_login_code(Connection& connection, const access::LoginCode& code);

}  // namespace accessd::store
