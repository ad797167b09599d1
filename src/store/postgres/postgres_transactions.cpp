// The transactions of PostgresConnection.
#include "store/postgres/postgres_connection.h"
#include "store/postgres/postgres_failure.h"
#include "store/postgres/postgres_result.h"

#include <string>
#include <utility>
#include <vector>

namespace accessd::store {
namespace {

/// A transaction's number alone doesn't prove that it was committed: after a crash the server gives the number of
/// one that it lost to another. Its mark does, one row for each connection.
constexpr auto kLeaveMark = R"(
    INSERT INTO store_commits (slot, token, at)
    VALUES (?1, ?2, CAST(extract(epoch FROM now()) AS BIGINT))
        ON CONFLICT (slot) DO UPDATE SET token = excluded.token, at = excluded.at)";

}  // namespace

void PostgresConnection::begin_snapshot()
{
    is_in_transaction_ = true;
    is_write_ = false;
    send("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
}

void PostgresConnection::end_snapshot() { commit(); }

void PostgresConnection::begin_write(const Claims& claims)
{
    is_in_transaction_ = true;
    mark_.transaction_id.clear();
    ++mark_.token;
    is_write_ = true;
    send("BEGIN");
    // One number is everybody's: shared by those who claim single things, and alone for who claims everything.
    std::string sql = "SELECT CAST(txid_current() AS TEXT), ";
    sql += claims.is_everything() ? "pg_advisory_xact_lock(0)" : "pg_advisory_xact_lock_shared(0)";
    std::vector<Bind> binds;
    for (const auto key : claims.keys()) {
        binds.emplace_back(key);
        sql += ", pg_advisory_xact_lock(?" + std::to_string(binds.size()) + ")";
    }
    dispatch(sql, binds.data(), binds.size(), Kind::Begin);
}

void PostgresConnection::claim_late(std::int64_t key)
{
    send("SELECT pg_advisory_xact_lock(?1)", {key});
}

void PostgresConnection::commit()
{
    throw_failure();
    if (is_write_) send(kLeaveMark, {mark_.slot, mark_.token});
    is_commit_sent_ = true;
    send("COMMIT");
    sync();
    while (!sent_.empty()) take_front();
    is_commit_sent_ = false;
    if (failed_state_.empty()) {
        is_in_transaction_ = false;
        return;
    }
    // The server skipped the commit with all else that followed the failure: rollback() is still to come.
    const auto state = std::exchange(failed_state_, {});
    const auto kind = kind_of(state);
    if (kind == PostgresFailure::Kind::Lost) lose(failed_reason_);
    throw PostgresFailure{kind, failed_reason_ + " (" + state + ")"};
}

void PostgresConnection::rollback()
{
    if (!is_usable_ || !is_in_transaction_) return;
    sync();
    while (!sent_.empty()) take_front();
    failed_state_.clear();
    send("ROLLBACK");
    sync();
    while (!sent_.empty()) take_front();
    is_in_transaction_ = false;
    failed_state_.clear();
}

}  // namespace accessd::store
