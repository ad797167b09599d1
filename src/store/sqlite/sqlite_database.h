#pragma once

#include "base/gate.h"
#include "store/sql/database.h"
#include "store/sqlite/sqlite_connection.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace accessd::store {

/// The embedded database: one thread writes, many read.
///
/// Writes that wait at the same moment share one transaction and so one sync of the disk (group
/// commit); each is undone alone if it fails. A write is answered after its sync, so that what was
/// answered survives a crash or a loss of power. No two run at the same time: claims are all met.
class SqliteDatabase final : public Database {
public:
    /// Opens the file, migrated. Throws SqlFailure.
    explicit SqliteDatabase(std::string file);
    ~SqliteDatabase() override;
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    bool is_healthy() override;

protected:
    Result<void> run_write(const Claims& claims, const WriteJob& job) override;
    void run_write_later(const Claims& claims, WriteJob job, WriteDone done) override;
    Result<void> run_read(const ReadJob& job) override;

private:
    struct Write {
        const WriteJob* job = nullptr;
        std::optional<Error> error{};
        std::exception_ptr exception{};
        Gate done{};
        virtual ~Write() = default;
        /// Tells who waits. From here on this may be gone.
        virtual void finish() { done.open(); }
    };
    struct LaterWrite;
    /// Borrows a reading connection.
    class Reader {
    public:
        explicit Reader(SqliteDatabase& database);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;
        Connection& connection() const { return *connection_; }

    private:
        SqliteDatabase& database_;
        std::unique_ptr<SqliteConnection> connection_;
    };

    static Error unavailable(const SqlFailure& failure);
    bool enqueue(Write& write);
    void run_writer();
    void commit_group(const std::vector<Write*>& group);
    bool run_together(const std::vector<Write*>& group);
    void run_alone(Write& write);
    bool run_job(Write& write);
    void checkpoint_if_due();

    std::string file_;
    SqliteConnection writer_;     ///< Used by thread_ alone once it runs.
    int checkpointed_pages_ = 0;  ///< Of the log, at the last checkpoint. Of thread_.

    std::mutex readers_mutex_;
    std::condition_variable reader_back_;
    std::vector<std::unique_ptr<SqliteConnection>> readers_;  ///< Those not lent out.

    std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable wanted_;
    std::vector<Write*> waiting_;
    bool is_stopping_ = false;
    bool last_write_failed_ = false;

    std::thread thread_;
};

}  // namespace accessd::store
