#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "events/audit.h"
#include "store/sql/sql_connection.h"

namespace accessd::store {

/// Writes the entry of an administrative change beside the change, within its job. To be called when the
/// change is known to be made: an error of the job undoes both.
class AuditWriter {
public:
    AuditWriter(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

    /// Gives the entry its id and time. Nothing for one without an action. Throws SqlFailure.
    void write(Connection& connection, const events::AuditEntry& entry);

private:
    const Clock& clock_;
    Random& random_;
};

/// The columns that read_audit() expects, in its order.
inline constexpr auto kAuditColumns =
    "id, at, actor, actor_kind, action, target_kind, target_id, project_id, fields, client, "
    "request_id";
events::AuditEntry read_audit(const Rows& row);

}  // namespace accessd::store
