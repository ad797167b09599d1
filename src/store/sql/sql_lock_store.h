#pragma once

#include "access/lock_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlLockStore final : public access::LockStore {
public:
    SqlLockStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<Page<access::Lock>> list(const std::string& project_id,
                                    const PageRequest& page) override;
    Result<access::Lock> clear(const std::string& id, const ProjectScope& scope,
                               const std::string& reason, TimePoint now,
                               const events::AuditEntry& audit) override;
    Result<std::optional<access::Lock>> find_by_link(const std::string& digest,
                                                     TimePoint now) override;
    Result<access::Lock> clear_by_link(const std::string& digest, TimePoint now) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
