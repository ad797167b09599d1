#include "store/sql/sql_idempotency_store.h"

namespace accessd::store {
namespace {

using limits::IdempotentStart;

// Takes a free key, or one whose lease or answer has expired; changes nothing otherwise.
constexpr auto kLease = R"(
    INSERT INTO idempotent_requests (scope, project_id, sealed_body, lease, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?6)
        ON CONFLICT (scope) DO UPDATE SET project_id = excluded.project_id,
            sealed_body = excluded.sealed_body, lease = excluded.lease, sealed_answer = NULL,
            expires_at = excluded.expires_at
         WHERE expires_at <= ?5)";
constexpr auto kFind =
    "SELECT sealed_body, sealed_answer FROM idempotent_requests WHERE scope = ?1";
constexpr auto kFinish = R"(
    UPDATE idempotent_requests SET sealed_answer = ?3, expires_at = ?4
     WHERE scope = ?1 AND lease = ?2 AND sealed_answer IS NULL)";
constexpr auto kAbandon = R"(
    DELETE FROM idempotent_requests WHERE scope = ?1 AND lease = ?2 AND sealed_answer IS NULL)";
constexpr auto kPrune = R"(
    DELETE FROM idempotent_requests WHERE scope IN
        (SELECT scope FROM idempotent_requests WHERE expires_at <= ?1
          ORDER BY expires_at LIMIT ?2))";

}  // namespace

Result<IdempotentStart> SqlIdempotencyStore::start(const limits::IdempotentRequest& request,
                                                   const std::string& lease, TimePoint now,
                                                   TimePoint leased_until)
{
    using State = IdempotentStart::State;
    return database_.write([&](Connection& connection) -> Result<IdempotentStart> {
        const int leased =
            connection.run(kLease, {request.scope, or_null(request.project_id),
                                    Blob{request.sealed_body}, lease, now, leased_until});
        if (leased == 1) return IdempotentStart{State::First, {}, {}};
        auto row = connection.query(kFind, {request.scope});
        row.next();  // It is there, or it could have been leased.
        return IdempotentStart{row.is_null(1) ? State::Running : State::Answered, row.bytes(0),
                               row.bytes(1)};
    });
}

Result<void> SqlIdempotencyStore::finish(const std::string& scope, const std::string& lease,
                                         const std::string& sealed_answer, TimePoint expires_at)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run(kFinish, {scope, lease, Blob{sealed_answer}, expires_at});
        return {};
    });
}

Result<void> SqlIdempotencyStore::abandon(const std::string& scope, const std::string& lease)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run(kAbandon, {scope, lease});
        return {};
    });
}

Result<int> SqlIdempotencyStore::prune(TimePoint now, int rows_max)
{
    return database_.write([&](Connection& connection) -> Result<int> {
        return connection.run(kPrune, {now, rows_max});
    });
}

}  // namespace accessd::store
