#pragma once

#include "base/result.h"
#include "store/sql/claims.h"
#include "store/sql/sql_connection.h"

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace accessd::store {

/// A database of either engine: transactions that run to their end or not at all.
///
/// Threads: safe to call concurrently; calls block.
class Database {
public:
    virtual ~Database() = default;

    /// Runs `job(Connection&)`, which returns a Result, in a transaction, and returns once that is durable. An
    /// error undoes what the job changed, unless it called Connection::keep(). Exceptions of the job other than
    /// SqlFailure reach the caller. The job may be run a second time, when all was undone that it had
    /// changed: it must not use up what it captures. `claims` are taken before it begins.
    /// Errors: those of the job, StoreUnavailable.
    template <class Job>
    std::invoke_result_t<Job&, Connection&> write(const Claims& claims, Job job)
    {
        std::optional<std::invoke_result_t<Job&, Connection&>> outcome;
        const auto done = run_write(claims, [&](Connection& connection) {
            outcome.emplace(job(connection));
            return outcome->has_value();
        });
        if (!done) return done.error();
        return *std::move(outcome);
    }
    template <class Job>
    std::invoke_result_t<Job&, Connection&> write(Job job)
    {
        return write(Claims::everything(), std::move(job));
    }

    /// Runs `job(Connection&)`, which returns a Result and changes nothing. Each query sees what is committed when it
    /// starts; several that must agree want a Snapshot. The job may be run a second time. Errors: as write.
    template <class Job>
    std::invoke_result_t<Job&, Connection&> read(Job job)
    {
        std::optional<std::invoke_result_t<Job&, Connection&>> outcome;
        const auto done =
            run_read([&](Connection& connection) { outcome.emplace(job(connection)); });
        if (!done) return done.error();
        return *std::move(outcome);
    }

    /// Whether it can be read, and written if the last write failed.
    virtual bool is_healthy() = 0;

protected:
    Database() = default;
    Database(const Database&) = default;
    Database& operator=(const Database&) = default;

    using WriteJob = std::function<bool(Connection&)>;  ///< False: undo.
    using ReadJob = std::function<void(Connection&)>;

    virtual Result<void> run_write(const Claims& claims, const WriteJob& job) = 0;
    virtual Result<void> run_read(const ReadJob& job) = 0;
};

}  // namespace accessd::store
