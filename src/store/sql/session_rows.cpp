#include "store/sql/session_rows.h"

namespace accessd::store {
namespace {

constexpr auto kInsert = R"(
    INSERT INTO console_sessions
        (hash, admin_id, created_at, expires_at, seen_at, factor_at, is_waiting)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))";
// An admin's browsers: more at the same time are forgotten ones.
constexpr auto kDropForgotten = R"(
    DELETE FROM console_sessions WHERE hash IN
        (SELECT hash FROM console_sessions WHERE admin_id = ?1
          ORDER BY created_at DESC, hash LIMIT 100000 OFFSET 10))";
constexpr auto kFind = R"(
    SELECT hash, admin_id, created_at, expires_at, seen_at, factor_at, is_waiting
      FROM console_sessions WHERE hash = ?1)";

}  // namespace

void insert_session(Connection& connection, AuditWriter& writer, const admin::Session& session,
                    const admin::Admin& admin, const events::AuditEntry& audit)
{
    connection.run(kInsert, {session.hash, admin.id, session.created_at, session.expires_at,
                             session.seen_at, session.factor_at, session.is_waiting});
    connection.run(kDropForgotten, {admin.id});
    auto entry = audit.about(admin.id, {});
    entry.actor = admin.id;
    writer.write(connection, entry);
}

void begin_session(Connection& connection, AuditWriter& writer, admin::Session session,
                   const admin::Admin& admin, const events::AuditEntry& audit)
{
    session.is_waiting = admin.has_totp;
    session.factor_at = session.is_waiting ? TimePoint{} : session.created_at;
    insert_session(connection, writer, session, admin, audit);
}

std::optional<admin::Session> find_session_row(Connection& connection, const std::string& hash)
{
    auto row = connection.query(kFind, {hash});
    if (!row.next()) return std::nullopt;
    admin::Session session;
    session.hash = row.text(0);
    session.admin_id = row.text(1);
    session.created_at = row.time(2);
    session.expires_at = row.time(3);
    session.seen_at = row.time(4);
    session.factor_at = row.time(5);
    session.is_waiting = row.flag(6);
    return session;
}

}  // namespace accessd::store
