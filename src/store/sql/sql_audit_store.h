#pragma once

#include "events/audit_store.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlAuditStore final : public events::AuditStore {
public:
    explicit SqlAuditStore(Database& database) : database_(database) {}

    Result<Page<events::AuditEntry>> list(const events::AuditFilter& filter,
                                          const ProjectScope& scope,
                                          const PageRequest& page) override;

private:
    Database& database_;
};

}  // namespace accessd::store
