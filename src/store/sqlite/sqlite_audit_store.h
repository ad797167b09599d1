#pragma once

#include "events/audit_store.h"
#include "store/sqlite/database.h"

namespace accessd::store {

class SqliteAuditStore final : public events::AuditStore {
public:
    explicit SqliteAuditStore(Database& database) : database_(database) {}

    Result<Page<events::AuditEntry>> list(const events::AuditFilter& filter,
                                          const ProjectScope& scope,
                                          const PageRequest& page) override;

private:
    Database& database_;
};

}  // namespace accessd::store
