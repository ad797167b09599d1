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

/// A prepared statement, and the rows of its present run.
class SqliteStatement final : public RowReader {
public:
    explicit SqliteStatement(sqlite3_stmt* handle) : handle_(handle) {}
    ~SqliteStatement() { sqlite3_finalize(handle_); }
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    sqlite3_stmt* handle() const { return handle_; }

    bool next() override
    {
        const int code = sqlite3_step(handle_);
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE) return false;
        throw SqlFailure{sqlite3_errmsg(sqlite3_db_handle(handle_))};
    }
    std::int64_t integer(int column) const override
    {
        return sqlite3_column_int64(handle_, column);
    }
    std::string text(int column) const override
    {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
        return bytes == nullptr ? std::string{} : std::string{bytes, size};
    }
    bool is_null(int column) const override
    {
        return sqlite3_column_type(handle_, column) == SQLITE_NULL;
    }
    int changed() override { return sqlite3_changes(sqlite3_db_handle(handle_)); }
    // What is bound stays, unread: whoever runs it next binds all of it anew.
    void release() noexcept override { sqlite3_reset(handle_); }

private:
    sqlite3_stmt* handle_;
};

SqliteConnection::SqliteConnection(const std::string& file, Access access)
{
    configure_library();
    const int flags =
        SQLITE_OPEN_NOMUTEX | (access == Access::Write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                       : SQLITE_OPEN_READONLY);
    const char* vfs = access == Access::Write ? gathering_vfs() : nullptr;
    if (const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, vfs); code != SQLITE_OK) {
        const std::string why = handle_ == nullptr ? "no memory" : sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw SqlFailure{"opening the database: " + why};
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

SqliteConnection::~SqliteConnection()
{
    statements_.clear();
    sqlite3_close(handle_);
}

void SqliteConnection::fail(std::string_view doing)
{
    throw SqlFailure{std::string{doing} + ": " + sqlite3_errmsg(handle_)};
}

SqliteStatement& SqliteConnection::prepare(std::string_view sql)
{
    const auto known = by_address_.find(sql.data());
    if (known != by_address_.end() && known->second.first == sql) return *known->second.second;
    if (const auto found = statements_.find(sql); found != statements_.end()) {
        if (by_address_.size() >= kAddressesMax) by_address_.clear();
        by_address_[sql.data()] = {found->first, found->second.get()};
        return *found->second;
    }
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) fail("preparing a statement");
    auto made = std::make_unique<SqliteStatement>(handle);
    return *statements_.emplace(sqlite3_sql(handle), std::move(made)).first->second;
}

void SqliteConnection::bind(SqliteStatement& prepared, const Bind* binds, std::size_t count,
                            Lifetime lives)
{
    auto* statement = prepared.handle();
    // Less would leave what an earlier call has bound.
    if (count != static_cast<std::size_t>(sqlite3_bind_parameter_count(statement))) {
        throw SqlFailure{"a statement's parameters aren't all bound"};
    }
    // SQLite copies what may be gone before the statement has run.
    const auto copies = lives == Lifetime::UntilReset ? SQLITE_STATIC : SQLITE_TRANSIENT;
    for (std::size_t i = 0; i < count; ++i) {
        const int index = static_cast<int>(i) + 1;
        const auto& value = binds[i].value();
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
        if (code != SQLITE_OK) fail("binding a value");
    }
}

int SqliteConnection::run_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    auto& statement = prepare(sql);
    Rows rows{&statement};
    bind(statement, binds, count, Lifetime::UntilReset);
    while (rows.next()) {
    }
    return sqlite3_changes(handle_);
}

void SqliteConnection::send_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    run_bound(sql, binds, count);
}

Changes SqliteConnection::begin_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    return Changes{run_bound(sql, binds, count)};
}

Rows SqliteConnection::query_bound(std::string_view sql, const Bind* binds, std::size_t count)
{
    auto& statement = prepare(sql);
    Rows rows{&statement};
    bind(statement, binds, count, Lifetime::OfTheCall);
    return rows;
}

void SqliteConnection::script(const std::string& sql)
{
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail("running a script");
}

std::int64_t SqliteConnection::total_changes() const { return sqlite3_total_changes64(handle_); }

bool SqliteConnection::is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void SqliteConnection::checkpoint(bool restart)
{
    // Busy readers make it incomplete, which the next one makes good.
    sqlite3_wal_checkpoint_v2(handle_, nullptr,
                              restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                              nullptr, nullptr);
}

}  // namespace accessd::store
