#pragma once

#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "users/user_store.h"

namespace accessd::store {

class SqlSourceStore final : public users::SourceStore {
public:
    SqlSourceStore(Database& database, EventWriter& events, AuditWriter& audit)
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
