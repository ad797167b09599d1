#pragma once

#include "projects/project_store.h"
#include "store/sqlite/database.h"

namespace accessd::store {

class SqliteProjectStore final : public projects::ProjectStore {
public:
    explicit SqliteProjectStore(Database& database) : database_(database) {}

    Result<void> insert(const projects::ProjectSetup& setup) override;
    Result<std::optional<projects::Project>> find(const std::string& id) override;
    Result<std::optional<projects::Project>> find_by_slug(const std::string& slug) override;
    Result<std::optional<projects::ProjectSetup>> setup(const std::string& id) override;
    Result<Page<projects::Project>> list(const ProjectScope& scope,
                                         const PageRequest& page) override;
    Result<std::vector<std::pair<std::string, std::string>>> allowed_origins() override;
    Result<void> update(const projects::Project& project, bool going_live) override;
    Result<void> remove(const std::string& id, std::optional<std::int64_t> version) override;

    Result<void> insert_flow(const projects::Flow& flow) override;
    Result<std::optional<projects::Flow>> find_flow(const std::string& id,
                                                    const ProjectScope& scope) override;
    Result<Page<projects::Flow>> list_flows(const std::string& project_id,
                                            const PageRequest& page) override;
    Result<void> update_flow(const projects::Flow& flow) override;
    Result<void> remove_flow(const std::string& project_id, const std::string& id,
                             std::optional<std::int64_t> version) override;

    Result<void> put_test_recipients(const std::string& project_id,
                                     const std::vector<projects::TestRecipient>& recipients,
                                     const std::vector<projects::TestRecipient>* seen) override;

private:
    Database& database_;
};

}  // namespace accessd::store
