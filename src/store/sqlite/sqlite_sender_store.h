#pragma once

#include "delivery/sender_store.h"
#include "store/sqlite/database.h"

namespace accessd::store {

class SqliteSenderStore final : public delivery::SenderStore {
public:
    explicit SqliteSenderStore(Database& database) : database_(database) {}

    Result<void> insert(const delivery::SenderAccount& account) override;
    Result<std::optional<delivery::SenderAccount>> find(const std::string& id,
                                                        const ProjectScope& scope) override;
    Result<Page<delivery::SenderAccount>> list(const std::string& project_id,
                                               const PageRequest& page) override;
    Result<std::vector<delivery::SenderAccount>> active(const std::string& project_id) override;
    Result<void> update(const delivery::SenderAccount& account) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version) override;

private:
    Database& database_;
};

}  // namespace accessd::store
