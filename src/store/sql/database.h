#pragma once

#include "base/result.h"
#include "store/sql/claims.h"
#include "store/sql/sql_connection.h"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace accessd::store {

/// What a caller that isn't there any more would have caught.
Error to_error(const std::exception_ptr& exception);

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

    /// As write, but holds no thread where the engine can do without: `done` is called once with the outcome, by any
    /// thread, before this returns or after it. It must be quick: others' writes wait for it. An exception of the
    /// job becomes an Internal error.
    template <class Job>
    void write_later(const Claims& claims, Job job,
                     std::function<void(std::invoke_result_t<Job&, Connection&>)> done)
    {
        struct Pending {
            Job job;
            std::optional<std::invoke_result_t<Job&, Connection&>> outcome{};
        };
        auto pending = std::make_shared<Pending>(Pending{std::move(job)});
        run_write_later(
            claims,
            [pending](Connection& connection) {
                pending->outcome.emplace(pending->job(connection));
                return pending->outcome->has_value();
            },
            [pending, done = std::move(done)](Result<void> written) {
                if (written) return done(*std::move(pending->outcome));
                done(std::move(written).error());
            });
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
    using WriteDone = std::function<void(Result<void>)>;
    /// Here: at once, by the caller's thread.
    virtual void run_write_later(const Claims& claims, WriteJob job, WriteDone done);
    virtual Result<void> run_read(const ReadJob& job) = 0;
};

}  // namespace accessd::store
