#pragma once

#include "store/sqlite/database.h"
#include "users/user_store.h"

namespace accessd::store {

class SqliteSourceStore final : public users::SourceStore {
public:
    explicit SqliteSourceStore(Database& database) : database_(database) {}

    Result<void> insert(const users::Source& source) override;
    Result<std::optional<users::Source>> find(const std::string& id,
                                              const ProjectScope& scope) override;
    Result<Page<users::Source>> list(const std::string& project_id,
                                     const PageRequest& page) override;
    Result<void> update(const users::Source& source) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version) override;

private:
    Database& database_;
};

}  // namespace accessd::store
