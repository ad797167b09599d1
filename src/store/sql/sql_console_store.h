#pragma once

#include "admin/console_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlConsoleStore final : public admin::ConsoleStore {
public:
    SqlConsoleStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> put_link(const admin::SignInLink& link, const events::AuditEntry& audit) override;
    Result<std::optional<admin::SignInLink>> find_link(const std::string& hash,
                                                       TimePoint now) override;
    Result<admin::Admin> use_link(const std::string& hash, admin::Session session,
                                  const admin::Admin& first, TimePoint now,
                                  const events::AuditEntry& audit) override;
    Result<std::optional<admin::SignedIn>> find_session(const std::string& hash) override;
    Result<void> note_seen(
        const std::vector<std::pair<std::string, TimePoint>>& seen_by_hash) override;
    Result<void> end_session(const std::string& hash, const events::AuditEntry& audit) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
