#include "store/sql/sql_audit_store.h"

#include "base/id.h"
#include "store/sql/audit_writer.h"
#include "store/sql/list_query.h"

namespace accessd::store {

Result<Page<events::AuditEntry>> SqlAuditStore::list(const events::AuditFilter& filter,
                                                     const ProjectScope& scope,
                                                     const PageRequest& page)
{
    // Ids sort by time, so a span of time is a span of ids.
    const auto from = filter.from ? first_id_at("aud_", *filter.from) : std::string{};
    const auto to = filter.to ? first_id_at("aud_", *filter.to) : std::string{};
    ListQuery query{kAuditColumns, "audit"};
    query.within(scope, filter.project_id);
    query.equals("actor", filter.actor);
    query.equals("action", filter.action);
    query.equals("target_id", filter.target_id);
    if (filter.from) query.where("id >= ?", from);
    if (filter.to) query.where("id < ?", to);
    return database_.read([&](Connection& connection) -> Result<Page<events::AuditEntry>> {
        return query.page(connection, page, read_audit,
                          [](const events::AuditEntry& entry) { return entry.id; });
    });
}

}  // namespace accessd::store
