#pragma once

#include "base/gate.h"
#include "base/result.h"
#include "store/sqlite/sqlite_connection.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace accessd::store {

/// The embedded database: one thread writes, many read.
///
/// Writes that wait at the same moment share one transaction and so one sync of the disk (group
/// commit); each is undone alone if it fails. A write is answered after its sync, so that what was
/// answered survives a crash or a loss of power.
///
/// Threads: safe to call concurrently; calls block.
class Database {
public:
    /// Opens the file, migrated. Throws SqliteFailure.
    explicit Database(std::string file);
    ~Database();

    /// Runs `job(Connection&)`, which returns a Result, within the writer's next transaction. An error
    /// undoes what the job changed, unless it called Connection::keep(). Exceptions of the job other
    /// than SqliteFailure reach the caller. The job may be run a second time, when another of its group
    /// failed and all was undone: it must not use up what it captures.
    /// Errors: those of the job, StoreUnavailable.
    template <class Job>
    std::invoke_result_t<Job&, Connection&> write(Job job)
    {
        std::optional<std::invoke_result_t<Job&, Connection&>> outcome;
        Write pending;
        pending.job = [&](Connection& connection) {
            outcome.emplace(job(connection));
            return outcome->has_value();
        };
        if (auto done = submit(pending); !done) return std::move(done).error();
        return *std::move(outcome);
    }

    /// Runs `job(Connection&)`, which returns a Result, on a snapshot. Errors: as write.
    template <class Job>
    std::invoke_result_t<Job&, Connection&> read(Job job)
    {
        const Reader reader{*this};
        try {
            return job(reader.connection());
        } catch (const SqliteFailure& failure) {
            return unavailable(failure);
        }
    }

    /// Whether it can be read, and written if the last write failed.
    bool is_healthy();

private:
    struct Write {
        std::function<bool(Connection&)> job;  ///< False: undo.
        std::optional<Error> error;
        std::exception_ptr exception;
        Gate done;
    };
    /// Borrows a reading connection.
    class Reader {
    public:
        explicit Reader(Database& database);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;
        Connection& connection() const { return *connection_; }

    private:
        Database& database_;
        std::unique_ptr<Connection> connection_;
    };

    static Error unavailable(const SqliteFailure& failure);
    Result<void> submit(Write& pending);
    void run_writer();
    void commit_group(const std::vector<Write*>& group);
    bool run_together(const std::vector<Write*>& group);
    void run_alone(Write& write);
    bool run_job(Write& write);
    void checkpoint_if_due();

    std::string file_;
    Connection writer_;           ///< Used by thread_ alone once it runs.
    int checkpointed_pages_ = 0;  ///< Of the log, at the last checkpoint. Of thread_.

    std::mutex readers_mutex_;
    std::condition_variable reader_back_;
    std::vector<std::unique_ptr<Connection>> readers_;  ///< Those not lent out.

    std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable wanted_;
    std::vector<Write*> waiting_;
    bool is_stopping_ = false;
    bool last_write_failed_ = false;

    std::thread thread_;
};

}  // namespace accessd::store
