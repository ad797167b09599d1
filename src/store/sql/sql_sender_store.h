#pragma once

#include "delivery/sender_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlSenderStore final : public delivery::SenderStore {
public:
    SqlSenderStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const delivery::SenderAccount& account,
                        const events::AuditEntry& audit) override;
    Result<std::optional<delivery::SenderAccount>> find(const std::string& id,
                                                        const ProjectScope& scope) override;
    Result<Page<delivery::SenderAccount>> list(const std::string& project_id,
                                               const PageRequest& page) override;
    Result<std::vector<delivery::SenderAccount>> active(const std::string& project_id) override;
    Result<void> update(const delivery::SenderAccount& account,
                        const events::AuditEntry& audit) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
