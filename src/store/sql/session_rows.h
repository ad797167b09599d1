#pragma once

#include "admin/admin.h"
#include "admin/console_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>

namespace accessd::store {

/// The session as it is, and its audit entry, with the admin as actor and target.
void insert_session(Connection& connection, AuditWriter& writer, const admin::Session& session,
                    const admin::Admin& admin, const events::AuditEntry& audit);
/// The same for who showed a first factor just now: waiting for the second where the admin has one.
void begin_session(Connection& connection, AuditWriter& writer, admin::Session session,
                   const admin::Admin& admin, const events::AuditEntry& audit);
std::optional<admin::Session> find_session_row(Connection& connection, const std::string& hash);

}  // namespace accessd::store
