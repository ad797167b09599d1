#pragma once

#include "delivery/template_store.h"
#include "store/sqlite/database.h"

namespace accessd::store {

class SqliteTemplateStore final : public delivery::TemplateStore {
public:
    explicit SqliteTemplateStore(Database& database) : database_(database) {}

    Result<std::vector<delivery::MessageTemplate>> list(const std::string& project_id) override;
    Result<std::optional<delivery::MessageTemplate>> find(const std::string& project_id,
                                                          contacts::Channel channel,
                                                          contacts::Language language) override;
    Result<std::int64_t> put(const delivery::MessageTemplate& made,
                             std::optional<std::int64_t> seen) override;
    Result<bool> remove(const std::string& project_id, contacts::Channel channel,
                        contacts::Language language, std::optional<std::int64_t> seen) override;

private:
    Database& database_;
};

}  // namespace accessd::store
