#include "store/sqlite/sqlite_database.h"

#include "base/log.h"

namespace accessd::store {
namespace {

/// Reads take microseconds; more connections would only hold more memory.
constexpr int kReaders = 6;
/// In pages of 4 KiB. A passive checkpoint from 8 MiB on: a page that changed many times is moved once, and the
/// writes that wait for it wait some milliseconds. Beyond 64 MiB readers are waited for. Source:
/// docs/decisions/0034-what-a-login-costs.md.
constexpr int kCheckpointPages = 2000;
constexpr int kRestartPages = 16'000;

}  // namespace

SqliteDatabase::SqliteDatabase(std::string file)
    : file_(std::move(file)), writer_(file_, SqliteConnection::Access::Write)
{
    for (int i = 0; i < kReaders; ++i) {
        readers_.push_back(
            std::make_unique<SqliteConnection>(file_, SqliteConnection::Access::Read));
    }
    thread_ = std::thread{[this] { run_writer(); }};
}

SqliteDatabase::~SqliteDatabase()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    wanted_.notify_all();
    thread_.join();
    readers_.clear();  // First, so that the writer's closing moves the whole log into the file.
}

Error SqliteDatabase::unavailable(const SqlFailure& failure)
{
    log::error("the store failed", {{"detail", failure.what()}});
    return Error{ErrorCode::StoreUnavailable, failure.what()};
}

SqliteDatabase::Reader::Reader(SqliteDatabase& database) : database_(database)
{
    std::unique_lock lock{database_.readers_mutex_};
    database_.reader_back_.wait(lock, [this] { return !database_.readers_.empty(); });
    connection_ = std::move(database_.readers_.back());
    database_.readers_.pop_back();
}

SqliteDatabase::Reader::~Reader()
{
    {
        const std::scoped_lock lock{database_.readers_mutex_};
        database_.readers_.push_back(std::move(connection_));
    }
    database_.reader_back_.notify_one();
}

/// Nobody waits: it keeps itself until it is done.
struct SqliteDatabase::LaterWrite final : Write {
    WriteJob kept_job;
    WriteDone on_done;
    std::unique_ptr<LaterWrite> self{};

    LaterWrite(WriteJob work, WriteDone then) : kept_job(std::move(work)), on_done(std::move(then))
    {
        job = &kept_job;
    }
    void finish() override
    {
        const auto held = std::move(self);
        if (exception) return on_done(to_error(exception));
        if (error) return on_done(std::move(*error));
        on_done({});
    }
};

/// False: the store is closing.
bool SqliteDatabase::enqueue(Write& write)
{
    const std::scoped_lock lock{mutex_};
    if (is_stopping_) return false;
    waiting_.push_back(&write);
    if (waiting_.size() == 1) wanted_.notify_one();
    return true;
}

void SqliteDatabase::run_write_later(const Claims&, WriteJob job, WriteDone done)
{
    auto pending = std::make_unique<LaterWrite>(std::move(job), std::move(done));
    auto& write = *pending;
    write.self = std::move(pending);
    if (enqueue(write)) return;
    write.error = Error{ErrorCode::StoreUnavailable, "the store is closing"};
    write.finish();
}

Result<void> SqliteDatabase::run_write(const Claims&, const WriteJob& job)
{
    Write pending;
    pending.job = &job;
    if (!enqueue(pending)) return Error{ErrorCode::StoreUnavailable, "the store is closing"};
    pending.done.wait();
    if (pending.exception) std::rethrow_exception(pending.exception);
    if (pending.error) return std::move(*pending.error);
    return {};
}

Result<void> SqliteDatabase::run_read(const ReadJob& job)
{
    const Reader reader{*this};
    try {
        job(reader.connection());
        return {};
    } catch (const SqlFailure& failure) {
        return unavailable(failure);
    }
}

void SqliteDatabase::run_writer()
{
    std::vector<Write*> group;
    for (;;) {
        group.clear();
        {
            std::unique_lock lock{mutex_};
            wanted_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            group.swap(waiting_);
        }
        commit_group(group);
        for (auto* write : group) write->finish();
        checkpoint_if_due();
    }
}

void SqliteDatabase::commit_group(const std::vector<Write*>& group)
{
    std::optional<Error> problem;
    try {
        writer_.run("BEGIN IMMEDIATE");
        if (!run_together(group)) {
            writer_.run("ROLLBACK");
            writer_.run("BEGIN IMMEDIATE");
            for (auto* write : group) run_alone(*write);
        }
        writer_.run("COMMIT");
    } catch (const SqlFailure& failure) {
        problem = unavailable(failure);
        try {
            writer_.run("ROLLBACK");
        } catch (const SqlFailure&) {
            // SQLite had rolled back by itself.
        }
    }
    if (problem) {
        for (auto* write : group) write->error = problem;
    }
    const std::scoped_lock lock{mutex_};
    last_write_failed_ = problem.has_value();
}

/// Without savepoints, for which SQLite copies every page that changes: they would be the dearest part of
/// a login. False when a write failed after it had changed something, and the group must be run anew.
bool SqliteDatabase::run_together(const std::vector<Write*>& group)
{
    for (auto* write : group) {
        const auto changes = writer_.total_changes();
        if (!run_job(*write) && writer_.total_changes() != changes) return false;
    }
    return true;
}

void SqliteDatabase::run_alone(Write& write)
{
    write.error.reset();
    write.exception = nullptr;
    writer_.run("SAVEPOINT one");
    if (!run_job(write)) writer_.run("ROLLBACK TO one");
    writer_.run("RELEASE one");
}

/// Whether what the job changed is to stay.
bool SqliteDatabase::run_job(Write& write)
{
    writer_.forget_keep();
    try {
        return (*write.job)(writer_) || writer_.keeps();
    } catch (const SqlFailure& failure) {
        // Without the group's transaction the next write would stand although all are told that it failed.
        if (!writer_.is_in_transaction()) throw;
        write.error = unavailable(failure);
    } catch (...) {
        write.exception = std::current_exception();
    }
    return false;
}

void SqliteDatabase::checkpoint_if_due()
{
    const int pages = writer_.wal_pages();
    if (pages < checkpointed_pages_) checkpointed_pages_ = 0;  // The log began anew.
    if (pages - checkpointed_pages_ < kCheckpointPages) return;
    writer_.checkpoint(pages >= kRestartPages);
    checkpointed_pages_ = pages;
}

bool SqliteDatabase::is_healthy()
{
    bool must_write = false;
    {
        const std::scoped_lock lock{mutex_};
        must_write = last_write_failed_;
    }
    const auto ask = [](Connection& connection) -> Result<void> {
        connection.run("SELECT count(*) FROM projects");
        return {};
    };
    if (!read(ask)) return false;
    return !must_write || write([](Connection& connection) -> Result<void> {
        connection.run("UPDATE store_health SET checked = checked + 1");
        return {};
    });
}

}  // namespace accessd::store
