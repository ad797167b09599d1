#include "store/sql/sql_factor_store.h"

#include "store/sql/admin_rows.h"
#include "store/sql/session_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using admin::Admin;
using admin::FactorProof;
using admin::StoredTotp;

constexpr auto kFind = R"(
    SELECT admin_id, sealed_secret, created_at, confirmed_at FROM admin_totp WHERE admin_id = ?1)";
constexpr auto kPut = R"(
    INSERT INTO admin_totp (admin_id, sealed_secret, created_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (admin_id) DO UPDATE
       SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
     WHERE admin_totp.confirmed_at IS NULL)";
constexpr auto kConfirm = R"(
    UPDATE admin_totp SET confirmed_at = ?3, last_step = ?4
     WHERE admin_id = ?1 AND sealed_secret = ?2 AND confirmed_at IS NULL)";
constexpr auto kEndOthers = "DELETE FROM console_sessions WHERE admin_id = ?1 AND hash <> ?2";
constexpr auto kDropCodes = "DELETE FROM admin_recovery_codes WHERE admin_id = ?1";
constexpr auto kInsertCode = "INSERT INTO admin_recovery_codes (admin_id, hash) VALUES (?1, ?2)";
constexpr auto kHasConfirmed =
    "SELECT 1 FROM admin_totp WHERE admin_id = ?1 AND confirmed_at IS NOT NULL";
// A step's code is good once, and no earlier one is good after it: of two uses at once one changes the row.
constexpr auto kUseStep = R"(
    UPDATE admin_totp SET last_step = ?2
     WHERE admin_id = ?1 AND last_step < ?2 AND confirmed_at IS NOT NULL)";
constexpr auto kUseCode = R"(
    DELETE FROM admin_recovery_codes WHERE admin_id = ?1 AND hash = ?2)";
constexpr auto kEndSession = "DELETE FROM console_sessions WHERE hash = ?1";
constexpr auto kEndSessionLater =
    "UPDATE console_sessions SET expires_at = ?2 WHERE hash = ?1 AND expires_at > ?2";

void replace_codes(Connection& connection, const std::string& admin_id,
                   const std::vector<std::string>& hashes)
{
    connection.run(kDropCodes, {admin_id});
    for (const auto& hash : hashes) connection.run(kInsertCode, {admin_id, hash});
}

bool use_up(Connection& connection, const std::string& admin_id, const FactorProof& proof)
{
    if (proof.step) return connection.run(kUseStep, {admin_id, *proof.step}) == 1;
    return connection.run(kUseCode, {admin_id, proof.recovery_hash}) == 1;
}

}  // namespace

Result<std::optional<StoredTotp>> SqlFactorStore::find_totp(const std::string& admin_id)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<StoredTotp>> {
        auto row = connection.query(kFind, {admin_id});
        if (!row.next()) return std::optional<StoredTotp>{};
        return std::optional{
            StoredTotp{row.text(0), row.bytes(1), row.time(2), row.optional_time(3).has_value()}};
    });
}

Result<void> SqlFactorStore::put_totp(const StoredTotp& totp)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int changed =
            connection.run(kPut, {totp.admin_id, Blob{totp.sealed_secret}, totp.created_at});
        if (changed > 0) return {};
        return Error{ErrorCode::Conflict}.saying(
            "There is an authenticator app already. Remove it first.");
    });
}

Result<void> SqlFactorStore::confirm_totp(const StoredTotp& totp, std::int64_t step,
                                          const std::vector<std::string>& recovery_hashes,
                                          const std::string& session_hash, TimePoint now,
                                          const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kConfirm, {totp.admin_id, Blob{totp.sealed_secret}, now, step}) == 0) {
            return Error{ErrorCode::Conflict}.saying("Another window was quicker. Start again.");
        }
        replace_codes(connection, totp.admin_id, recovery_hashes);
        connection.run(kEndOthers, {totp.admin_id, session_hash});
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlFactorStore::put_recovery_codes(const std::string& admin_id,
                                                const std::vector<std::string>& hashes,
                                                const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (auto row = connection.query(kHasConfirmed, {admin_id}); !row.next()) {
            return Error{ErrorCode::Conflict}.saying("This admin has no authenticator app.");
        }
        replace_codes(connection, admin_id, hashes);
        audit_.write(connection, audit);
        return {};
    });
}

Result<Admin> SqlFactorStore::show_factor(const std::string& session_hash, const FactorProof& proof,
                                          admin::Session session, std::chrono::seconds grace,
                                          TimePoint now, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<Admin> {
        const auto earlier = find_session_row(connection, session_hash);
        if (!earlier || earlier->expires_at <= now) return ErrorCode::InvalidToken;
        auto admin = find_admin(connection, earlier->admin_id);
        if (!admin) return ErrorCode::InvalidToken;
        if (!use_up(connection, admin->id, proof)) return ErrorCode::InvalidOtp;
        if (earlier->is_waiting) {
            connection.run(kEndSession, {session_hash});
        } else {
            connection.run(kEndSessionLater, {session_hash, now + grace});
        }
        session.expires_at = std::min(session.expires_at, earlier->expires_at);
        session.factor_at = now;
        session.is_waiting = false;
        insert_session(connection, audit_, session, *admin, audit);
        return std::move(*admin);
    });
}

}  // namespace accessd::store
