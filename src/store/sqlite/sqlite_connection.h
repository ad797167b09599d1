#pragma once

#include "base/clock.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace accessd::store {

/// SQLite can't go on: disk full, damaged file, or a mistake in SQL. Thrown by Connection, caught in
/// Database, which answers StoreUnavailable: no store method has to pass it up by hand.
class SqliteFailure : public std::runtime_error {
public:
    SqliteFailure(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    /// A uniqueness rule or a reference of the schema refused the row.
    bool is_constraint() const;

private:
    int code_;
};

/// Bytes, in contrast to text.
struct Blob {
    std::string_view bytes;
};

/// A value handed to SQL. Points at its text: used up within the call that takes it.
class Bind {
public:
    Bind(std::int64_t value) : value_(value) {}
    Bind(int value) : value_(std::int64_t{value}) {}
    Bind(bool value) : value_(std::int64_t{value ? 1 : 0}) {}
    Bind(TimePoint time) : value_(unix_millis(time)) {}
    Bind(std::string_view text) : value_(text) {}
    Bind(const std::string& text) : value_(std::string_view{text}) {}
    Bind(const char* text) : value_(std::string_view{text}) {}
    Bind(Blob blob) : value_(blob) {}
    Bind(std::nullptr_t) : value_(std::monostate{}) {}
    Bind(std::nullopt_t) : value_(std::monostate{}) {}
    template <class T>
    Bind(const std::optional<T>& value)
    {
        if (value) *this = Bind{*value};
    }

private:
    friend class Connection;
    std::variant<std::monostate, std::int64_t, std::string_view, Blob> value_;
};

/// NULL for an empty text: keeps partial indexes small.
inline Bind or_null(const std::string& text) { return text.empty() ? Bind{nullptr} : Bind{text}; }
inline Bind blob_or_null(const std::string& bytes)
{
    return bytes.empty() ? Bind{nullptr} : Bind{Blob{bytes}};
}

/// The rows of a running query. Resets its statement when it goes.
class Rows {
public:
    explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
    Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    /// Steps to the next row; false after the last. Throws SqliteFailure.
    bool next();

    // Columns of the row stepped to, counted from 0. NULL reads as 0 or empty.
    std::int64_t integer(int column) const;
    int small(int column) const { return static_cast<int>(integer(column)); }
    bool flag(int column) const { return integer(column) != 0; }
    std::string text(int column) const;
    std::string bytes(int column) const { return text(column); }
    TimePoint time(int column) const { return from_unix_millis(integer(column)); }
    std::optional<TimePoint> optional_time(int column) const;
    std::optional<std::string> optional_text(int column) const;
    bool is_null(int column) const;

private:
    sqlite3_stmt* statement_;
};

/// One connection to the database file, with its prepared statements.
/// Threads: one at a time.
class Connection {
public:
    enum class Access { Write, Read };
    /// Throws SqliteFailure.
    Connection(const std::string& file, Access access);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs a statement to its end; returns how many rows it changed. Throws SqliteFailure.
    int run(std::string_view sql, std::initializer_list<Bind> binds = {});
    int run(std::string_view sql, const std::vector<Bind>& binds);
    /// Starts a query. The same text must not be started again while its rows are being read.
    Rows query(std::string_view sql, std::initializer_list<Bind> binds = {});
    Rows query(std::string_view sql, const std::vector<Bind>& binds);
    /// Several statements without parameters, not kept: for migrations.
    void script(const std::string& sql);

    /// Within a write: what was changed so far stays even though an error is returned. For facts that
    /// are true whatever the answer: an attempt spent, a send counted.
    void keep() { keeps_ = true; }

    /// Rows changed since the connection was opened.
    std::int64_t total_changes() const;
    /// False also when SQLite ended the transaction by itself, after a failure of the disk.
    bool is_in_transaction() const;

    /// Pages in the write-ahead log after the last commit.
    int wal_pages() const { return wal_pages_; }
    /// Moves the log's pages into the file. `restart` waits up to a second for readers, so that the
    /// log starts at its beginning again.
    void checkpoint(bool restart);

private:
    friend class Database;
    sqlite3_stmt* prepare(std::string_view sql);
    int run_bound(std::string_view sql, const Bind* binds, std::size_t count);
    enum class Lifetime { OfTheCall, UntilReset };  ///< Of the texts that binds point at.
    void bind(sqlite3_stmt* statement, const Bind* binds, std::size_t count, Lifetime lives);
    [[noreturn]] void fail(int code, std::string_view doing);

    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string_view, sqlite3_stmt*> statements_;  ///< Keys live in the values.
    /// The same by where the text stands: most are constants, and hashing a pointer is quick. The text is
    /// compared all the same, as another may stand there by now.
    std::unordered_map<const char*, std::pair<std::string_view, sqlite3_stmt*>> by_address_;
    bool keeps_ = false;
    int wal_pages_ = 0;
};

/// While it lives, everything a reading connection is asked comes from one snapshot.
class Snapshot {
public:
    explicit Snapshot(Connection& connection) : connection_(connection)
    {
        connection_.run("BEGIN");
    }
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
};

}  // namespace accessd::store
