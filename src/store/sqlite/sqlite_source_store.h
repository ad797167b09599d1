#pragma once

#include "store/sqlite/audit_writer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/event_writer.h"
#include "users/user_store.h"

namespace accessd::store {

class SqliteSourceStore final : public users::SourceStore {
public:
    SqliteSourceStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<void> insert(const users::Source& source, const events::AuditEntry& audit) override;
    Result<std::optional<users::Source>> find(const std::string& id,
                                              const ProjectScope& scope) override;
    Result<Page<users::Source>> list(const std::string& project_id,
                                     const PageRequest& page) override;
    Result<void> update(const users::Source& source, const events::AuditEntry& audit) override;
    Result<void> note_health(const std::string& project_id, const std::string& id, bool is_down,
                             const std::string& words, TimePoint now) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
