#include "store/sql/sql_console_store.h"

#include "base/encoding.h"
#include "store/sql/admin_rows.h"
#include "store/sql/session_rows.h"

#include <variant>

namespace accessd::store {
namespace {

using admin::Admin;
using admin::Session;
using admin::SignedIn;
using admin::SignInCode;
using admin::SignInLink;

constexpr auto kDropEarlierLinks = "DELETE FROM admin_links WHERE admin_id IS NOT DISTINCT FROM ?1";
constexpr auto kInsertLink = R"(
    INSERT INTO admin_links (hash, admin_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4))";
constexpr auto kFindLink = R"(
    SELECT hash, admin_id, created_at, expires_at FROM admin_links
     WHERE hash = ?1 AND expires_at > ?2)";
constexpr auto kTakeLink = "DELETE FROM admin_links WHERE hash = ?1 AND expires_at > ?2";

constexpr auto kCountRecoveryCodes =
    "SELECT count(*) FROM admin_recovery_codes WHERE admin_id = ?1";
constexpr auto kNoteSeen =
    "UPDATE console_sessions SET seen_at = ?2 WHERE hash = ?1 AND seen_at < ?2";
constexpr auto kPruneSessions = R"(
    DELETE FROM console_sessions WHERE hash IN
        (SELECT hash FROM console_sessions WHERE expires_at <= ?1 LIMIT ?2))";
constexpr auto kPruneLinks = R"(
    DELETE FROM admin_links WHERE hash IN
        (SELECT hash FROM admin_links WHERE expires_at <= ?1 LIMIT ?2))";

constexpr auto kDropEarlierCodes = "DELETE FROM sign_in_codes WHERE admin_id = ?1";
constexpr auto kInsertCode = R"(
    INSERT INTO sign_in_codes (id, admin_id, digest, attempts_left, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6))";
constexpr auto kSpendTry = R"(
    UPDATE sign_in_codes SET attempts_left = attempts_left - 1
     WHERE id = ?1 AND attempts_left > 0 AND expires_at > ?2)";
// Read in the transaction that spent the try: the row is its own until the end.
constexpr auto kFindByDigest = R"(
    SELECT admin_id FROM sign_in_codes WHERE id = ?1 AND digest = ?2 AND admin_id IS NOT NULL)";
constexpr auto kAttemptsLeft = "SELECT attempts_left FROM sign_in_codes WHERE id = ?1";
constexpr auto kPruneCodes = R"(
    DELETE FROM sign_in_codes WHERE id IN
        (SELECT id FROM sign_in_codes WHERE expires_at <= ?1 LIMIT ?2))";

std::optional<SignInLink> find_live_link(Connection& connection, const std::string& hash,
                                         TimePoint now)
{
    auto row = connection.query(kFindLink, {hash, now});
    if (!row.next()) return std::nullopt;
    return SignInLink{row.text(0), row.text(1), row.time(2), row.time(3)};
}

/// Why no try could be spent, or what the spent one leaves. Errors: InvalidOtp, InvalidCredentials.
Error refused_code(Connection& connection, const std::string& id, bool is_spent)
{
    if (!is_spent) return ErrorCode::InvalidCredentials;
    auto row = connection.query(kAttemptsLeft, {id});
    return Error{ErrorCode::InvalidOtp}.with("attempts_remaining",
                                             row.next() ? row.integer(0) : std::int64_t{0});
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
        begin_session(connection, audit_, session, admin, audit);
        return admin;
    });
}

Result<void> SqlConsoleStore::put_code(const SignInCode& code)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!code.admin_id.empty()) connection.run(kDropEarlierCodes, {code.admin_id});
        // The column is text, which a digest's bytes are not: PostgreSQL would refuse them.
        connection.run(kInsertCode, {code.id, or_null(code.admin_id), to_base64url(code.digest),
                                     code.attempts_left, code.created_at, code.expires_at});
        return {};
    });
}

Result<Admin> SqlConsoleStore::use_code(const std::string& id,
                                        const std::vector<std::string>& digests, Session session,
                                        TimePoint now, const events::AuditEntry& audit)
{
    // The refusal is a value of the transaction, or it would take the spent try back.
    using Used = std::variant<Admin, Error>;
    auto used = database_.write([&](Connection& connection) -> Result<Used> {
        if (connection.run(kSpendTry, {id, now}) == 0) {
            return Used{refused_code(connection, id, false)};
        }
        for (const auto& digest : digests) {
            auto row = connection.query(kFindByDigest, {id, to_base64url(digest)});
            if (!row.next()) continue;
            auto admin = find_admin(connection, row.text(0));
            if (!admin) break;
            connection.run(kDropEarlierCodes, {admin->id});
            begin_session(connection, audit_, session, *admin, audit);
            return Used{std::move(*admin)};
        }
        return Used{refused_code(connection, id, true)};
    });
    if (!used) return std::move(used).error();
    if (auto* refused = std::get_if<Error>(&*used)) return std::move(*refused);
    return std::get<Admin>(std::move(*used));
}

Result<std::optional<SignedIn>> SqlConsoleStore::find_session(const std::string& hash)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<SignedIn>> {
        const Snapshot snapshot{connection};
        auto session = find_session_row(connection, hash);
        if (!session) return std::optional<SignedIn>{};
        auto admin = find_admin(connection, session->admin_id);
        if (!admin) return std::optional<SignedIn>{};
        auto codes = connection.query(kCountRecoveryCodes, {admin->id});
        codes.next();
        const int left = static_cast<int>(codes.integer(0));
        return std::optional{SignedIn{std::move(*session), std::move(*admin), left}};
    });
}

Result<void> SqlConsoleStore::note_seen(
    const std::vector<std::pair<std::string, TimePoint>>& seen_by_hash)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
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
             UNION ALL SELECT 1 FROM admin_links WHERE expires_at <= ?1
             UNION ALL SELECT 1 FROM sign_in_codes WHERE expires_at <= ?1)",
                                    {now});
        return row.next();
    }));
    if (!is_due) return 0;
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        const int sessions = connection.run(kPruneSessions, {now, rows_max});
        const int codes = connection.run(kPruneCodes, {now, rows_max});
        return sessions + codes + connection.run(kPruneLinks, {now, rows_max});
    });
}

}  // namespace accessd::store
