#include "store/sql/sql_console_store.h"

#include "store/sql/admin_rows.h"

namespace accessd::store {
namespace {

using admin::Admin;
using admin::Session;
using admin::SignedIn;
using admin::SignInLink;

constexpr auto kDropEarlierLinks = "DELETE FROM admin_links WHERE admin_id IS ?1";
constexpr auto kInsertLink = R"(
    INSERT INTO admin_links (hash, admin_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4))";
constexpr auto kFindLink = R"(
    SELECT hash, admin_id, created_at, expires_at FROM admin_links
     WHERE hash = ?1 AND expires_at > ?2)";
constexpr auto kTakeLink = "DELETE FROM admin_links WHERE hash = ?1 AND expires_at > ?2";

constexpr auto kInsertSession = R"(
    INSERT INTO console_sessions (hash, admin_id, created_at, expires_at, seen_at)
    VALUES (?1, ?2, ?3, ?4, ?5))";
// An admin's browsers: more at the same time are forgotten ones.
constexpr auto kDropForgottenSessions = R"(
    DELETE FROM console_sessions WHERE hash IN
        (SELECT hash FROM console_sessions WHERE admin_id = ?1
          ORDER BY created_at DESC, hash LIMIT -1 OFFSET 10))";
constexpr auto kFindSession = R"(
    SELECT hash, admin_id, created_at, expires_at, seen_at FROM console_sessions WHERE hash = ?1)";
constexpr auto kNoteSeen = "UPDATE console_sessions SET seen_at = max(seen_at, ?2) WHERE hash = ?1";
constexpr auto kPruneSessions = R"(
    DELETE FROM console_sessions WHERE hash IN
        (SELECT hash FROM console_sessions WHERE expires_at <= ?1 LIMIT ?2))";
constexpr auto kPruneLinks = R"(
    DELETE FROM admin_links WHERE hash IN
        (SELECT hash FROM admin_links WHERE expires_at <= ?1 LIMIT ?2))";

std::optional<SignInLink> find_live_link(Connection& connection, const std::string& hash,
                                         TimePoint now)
{
    auto row = connection.query(kFindLink, {hash, now});
    if (!row.next()) return std::nullopt;
    return SignInLink{row.text(0), row.text(1), row.time(2), row.time(3)};
}

std::optional<Session> find_session_row(Connection& connection, const std::string& hash)
{
    auto row = connection.query(kFindSession, {hash});
    if (!row.next()) return std::nullopt;
    return Session{row.text(0), row.text(1), row.time(2), row.time(3), row.time(4)};
}

/// Whom the link lets in. Errors: InvalidCredentials.
Result<Admin> admin_of(Connection& connection, const SignInLink& link, const Admin& first)
{
    if (!link.admin_id.empty()) {
        auto admin = find_admin(connection, link.admin_id);
        if (!admin) return ErrorCode::InvalidCredentials;
        return std::move(*admin);
    }
    if (has_admins(connection)) return ErrorCode::InvalidCredentials;
    ACCESSD_CHECK(insert_admin(connection, first));
    return first;
}

}  // namespace

Result<void> SqlConsoleStore::put_link(const SignInLink& link, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (link.admin_id.empty() && has_admins(connection)) return ErrorCode::Conflict;
        if (!link.admin_id.empty() && !find_admin(connection, link.admin_id)) {
            return ErrorCode::AdminNotFound;
        }
        connection.run(kDropEarlierLinks, {or_null(link.admin_id)});
        connection.run(kInsertLink,
                       {link.hash, or_null(link.admin_id), link.created_at, link.expires_at});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<SignInLink>> SqlConsoleStore::find_link(const std::string& hash, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<SignInLink>> {
        return find_live_link(connection, hash, now);
    });
}

Result<Admin> SqlConsoleStore::use_link(const std::string& hash, Session session,
                                        const Admin& first, TimePoint now,
                                        const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<Admin> {
        const auto link = find_live_link(connection, hash, now);
        if (!link || connection.run(kTakeLink, {hash, now}) == 0) {
            return ErrorCode::InvalidCredentials;
        }
        ACCESSD_TRY(auto admin, admin_of(connection, *link, first));
        connection.run(kInsertSession, {session.hash, admin.id, session.created_at,
                                        session.expires_at, session.seen_at});
        connection.run(kDropForgottenSessions, {admin.id});
        auto entry = audit.about(admin.id, {});
        entry.actor = admin.id;
        audit_.write(connection, entry);
        return admin;
    });
}

Result<std::optional<SignedIn>> SqlConsoleStore::find_session(const std::string& hash)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<SignedIn>> {
        const Snapshot snapshot{connection};
        auto session = find_session_row(connection, hash);
        if (!session) return std::optional<SignedIn>{};
        auto admin = find_admin(connection, session->admin_id);
        if (!admin) return std::optional<SignedIn>{};
        return std::optional{SignedIn{std::move(*session), std::move(*admin)}};
    });
}

Result<void> SqlConsoleStore::note_seen(
    const std::vector<std::pair<std::string, TimePoint>>& seen_by_hash)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        for (const auto& [hash, at] : seen_by_hash) connection.run(kNoteSeen, {hash, at});
        return {};
    });
}

Result<void> SqlConsoleStore::end_session(const std::string& hash, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int ended = connection.run("DELETE FROM console_sessions WHERE hash = ?1", {hash});
        if (ended > 0) audit_.write(connection, audit);
        return {};
    });
}

Result<int> SqlConsoleStore::prune(TimePoint now, int rows_max)
{
    ACCESSD_TRY(const bool is_due, database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(R"(
            SELECT 1 FROM console_sessions WHERE expires_at <= ?1
             UNION ALL SELECT 1 FROM admin_links WHERE expires_at <= ?1)",
                                    {now});
        return row.next();
    }));
    if (!is_due) return 0;
    return database_.write([&](Connection& connection) -> Result<int> {
        const int sessions = connection.run(kPruneSessions, {now, rows_max});
        return sessions + connection.run(kPruneLinks, {now, rows_max});
    });
}

}  // namespace accessd::store
