#pragma once

#include "admin/admin_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlAdminStore final : public admin::AdminStore {
public:
    SqlAdminStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const admin::Admin& admin, const events::AuditEntry& audit) override;
    Result<std::optional<admin::Admin>> find(const std::string& id) override;
    Result<std::optional<admin::Admin>> find_by_email(const std::string& email) override;
    Result<Page<admin::Admin>> list(const PageRequest& page) override;
    Result<void> update(const admin::Admin& admin, const events::AuditEntry& audit) override;
    Result<void> remove(const std::string& id, std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;
    Result<bool> remove_factor(const std::string& id, const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
