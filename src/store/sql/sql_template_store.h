#pragma once

#include "delivery/template_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlTemplateStore final : public delivery::TemplateStore {
public:
    SqlTemplateStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<std::vector<delivery::MessageTemplate>> list(const std::string& project_id) override;
    Result<std::optional<delivery::MessageTemplate>> find(const std::string& project_id,
                                                          contacts::Channel channel,
                                                          contacts::Language language) override;
    Result<std::int64_t> put(const delivery::MessageTemplate& made,
                             std::optional<std::int64_t> seen,
                             const events::AuditEntry& audit) override;
    Result<bool> remove(const std::string& project_id, contacts::Channel channel,
                        contacts::Language language, std::optional<std::int64_t> seen,
                        const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
