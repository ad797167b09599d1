#include "store/sqlite/sqlite_connection.h"

#include "store/sqlite/gathering_vfs.h"

#include <sqlite3.h>

#include <utility>

namespace accessd::store {
namespace {

// The writer's cache holds the upper pages of every index; readers lean on the system's page cache,
// since each commit empties theirs.
constexpr auto kWriterCache = "PRAGMA cache_size = -16000";  // KiB.
constexpr auto kReaderCache = "PRAGMA cache_size = -512";

/// More than there are constant statements; texts made for one call bring addresses without end.
constexpr std::size_t kAddressesMax = 256;

/// Nobody asks SQLite how much memory it has, and counting it takes a lock for each piece.
void configure_library()
{
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);  // Too late where SQLite is in use already: then it counts.
}

int on_commit(void* pages, sqlite3*, const char*, int count)
{
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

bool SqliteFailure::is_constraint() const { return (code_ & 0xff) == SQLITE_CONSTRAINT; }

Rows::~Rows()
{
    if (statement_ == nullptr) return;
    // What is bound stays, unread: whoever runs it next binds all of it anew.
    sqlite3_reset(statement_);
}

bool Rows::next()
{
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto* handle = sqlite3_db_handle(statement_);
    throw SqliteFailure{sqlite3_extended_errcode(handle), sqlite3_errmsg(handle)};
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Rows::text(int column) const
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string{} : std::string{bytes, size};
}

std::optional<TimePoint> Rows::optional_time(int column) const
{
    if (is_null(column)) return std::nullopt;
    return time(column);
}

std::optional<std::string> Rows::optional_text(int column) const
{
    if (is_null(column)) return std::nullopt;
    return text(column);
}

bool Rows::is_null(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Connection::Connection(const std::string& file, Access access)
{
    configure_library();
    const int flags =
        SQLITE_OPEN_NOMUTEX | (access == Access::Write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                       : SQLITE_OPEN_READONLY);
    const char* vfs = access == Access::Write ? gathering_vfs() : nullptr;
    if (const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, vfs); code != SQLITE_OK) {
        const std::string why = handle_ == nullptr ? "no memory" : sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw SqliteFailure{code, "opening the database: " + why};
    }
    sqlite3_extended_result_codes(handle_, 1);
    // Readers of one's own process wait microseconds; another process is kept out by its lock.
    sqlite3_busy_timeout(handle_, 5000);
    try {
        if (access == Access::Write) {
            script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                   "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;");
            script(kWriterCache);
            // This also replaces automatic checkpoints: Database starts them after it has answered.
            sqlite3_wal_hook(handle_, on_commit, &wal_pages_);
        } else {
            script(kReaderCache);
            sqlite3_wal_autocheckpoint(handle_, 0);
            sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        }
    } catch (...) {
        sqlite3_close(handle_);
        throw;
    }
}

Connection::~Connection()
{
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

void Connection::fail(int code, std::string_view doing)
{
    throw SqliteFailure{code, std::string{doing} + ": " + sqlite3_errmsg(handle_)};
}

sqlite3_stmt* Connection::prepare(std::string_view sql)
{
    const auto known = by_address_.find(sql.data());
    if (known != by_address_.end() && known->second.first == sql) return known->second.second;
    if (const auto found = statements_.find(sql); found != statements_.end()) {
        if (by_address_.size() >= kAddressesMax) by_address_.clear();
        by_address_[sql.data()] = *found;
        return found->second;
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fail(code, "preparing a statement");
    statements_.emplace(sqlite3_sql(statement), statement);
    return statement;
}

void Connection::bind(sqlite3_stmt* statement, const Bind* binds, std::size_t count, Lifetime lives)
{
    // Less would leave what an earlier call has bound.
    if (count != static_cast<std::size_t>(sqlite3_bind_parameter_count(statement))) {
        throw SqliteFailure{SQLITE_RANGE, "a statement's parameters aren't all bound"};
    }
    // SQLite copies what may be gone before the statement has run.
    const auto copies = lives == Lifetime::UntilReset ? SQLITE_STATIC : SQLITE_TRANSIENT;
    for (std::size_t i = 0; i < count; ++i) {
        const int index = static_cast<int>(i) + 1;
        const auto& value = binds[i].value_;
        int code = SQLITE_OK;
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            code = sqlite3_bind_int64(statement, index, *number);
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            const char* start = text->data() == nullptr ? "" : text->data();
            code = sqlite3_bind_text64(statement, index, start, text->size(), copies, SQLITE_UTF8);
        } else if (const auto* blob = std::get_if<Blob>(&value)) {
            const char* start = blob->bytes.data() == nullptr ? "" : blob->bytes.data();
            code = sqlite3_bind_blob64(statement, index, start, blob->bytes.size(), copies);
        } else {
            code = sqlite3_bind_null(statement, index);
        }
        if (code != SQLITE_OK) fail(code, "binding a value");
    }
}

int Connection::run(std::string_view sql, std::initializer_list<Bind> binds)
{
    return run_bound(sql, binds.begin(), binds.size());
}

int Connection::run(std::string_view sql, const std::vector<Bind>& binds)
{
    return run_bound(sql, binds.data(), binds.size());
}

int Connection::run_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    auto* statement = prepare(sql);
    Rows rows{statement};
    bind(statement, binds, count, Lifetime::UntilReset);
    while (rows.next()) {
    }
    return sqlite3_changes(handle_);
}

Rows Connection::query(std::string_view sql, std::initializer_list<Bind> binds)
{
    auto* statement = prepare(sql);
    Rows rows{statement};
    bind(statement, binds.begin(), binds.size(), Lifetime::OfTheCall);
    return rows;
}

Rows Connection::query(std::string_view sql, const std::vector<Bind>& binds)
{
    auto* statement = prepare(sql);
    Rows rows{statement};
    bind(statement, binds.data(), binds.size(), Lifetime::OfTheCall);
    return rows;
}

void Connection::script(const std::string& sql)
{
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, "running a script");
}

std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(handle_); }

bool Connection::is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Snapshot::~Snapshot()
{
    try {
        connection_.run("COMMIT");
    } catch (const SqliteFailure&) {
        // A failed read has ended the transaction by itself.
    }
}

void Connection::checkpoint(bool restart)
{
    // Busy readers make it incomplete, which the next one makes good.
    sqlite3_wal_checkpoint_v2(handle_, nullptr,
                              restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
}

}  // namespace accessd::store
