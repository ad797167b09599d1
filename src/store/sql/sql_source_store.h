#pragma once

#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "users/user_store.h"

namespace accessd::store {

class SqlSourceStore final : public users::SourceStore {
public:
    SqlSourceStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const users::Source& source, const events::AuditEntry& audit) override;
    Result<std::optional<users::Source>> find(const std::string& id,
                                              const ProjectScope& scope) override;
    Result<Page<users::Source>> list(const std::string& project_id,
                                     const PageRequest& page) override;
    Result<void> update(const users::Source& source, const events::AuditEntry& audit) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
