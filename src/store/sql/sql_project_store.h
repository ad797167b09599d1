#pragma once

#include "projects/project_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlProjectStore final : public projects::ProjectStore {
public:
    SqlProjectStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const projects::ProjectSetup& setup,
                        const events::AuditEntry& audit) override;
    Result<std::optional<projects::Project>> find(const std::string& id) override;
    Result<std::optional<projects::Project>> find_by_slug(const std::string& slug) override;
    Result<std::optional<projects::ProjectSetup>> setup(const std::string& id) override;
    Result<Page<projects::Project>> list(const ProjectScope& scope,
                                         const PageRequest& page) override;
    Result<std::vector<std::pair<std::string, std::string>>> allowed_origins() override;
    Result<void> update(const projects::Project& project, bool going_live,
                        const events::AuditEntry& audit) override;
    Result<void> remove(const std::string& id, std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;

    Result<void> insert_flow(const projects::Flow& flow, const events::AuditEntry& audit) override;
    Result<std::optional<projects::Flow>> find_flow(const std::string& id,
                                                    const ProjectScope& scope) override;
    Result<Page<projects::Flow>> list_flows(const std::string& project_id,
                                            const PageRequest& page) override;
    Result<void> update_flow(const projects::Flow& flow, const events::AuditEntry& audit) override;
    Result<void> remove_flow(const std::string& project_id, const std::string& id,
                             std::optional<std::int64_t> version,
                             const events::AuditEntry& audit) override;

    Result<void> put_test_recipients(const std::string& project_id,
                                     const std::vector<projects::TestRecipient>& recipients,
                                     const std::vector<projects::TestRecipient>* seen,
                                     const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
