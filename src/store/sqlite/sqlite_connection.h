#pragma once

#include "store/sql/sql_connection.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;

namespace accessd::store {

class SqliteStatement;

/// One connection to the database file, with its prepared statements.
/// Threads: one at a time.
class SqliteConnection final : public Connection {
public:
    enum class Access { Write, Read };
    /// Throws SqlFailure.
    SqliteConnection(const std::string& file, Access access);
    ~SqliteConnection() override;
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    void script(const std::string& sql) override;
    void begin_snapshot() override { run("BEGIN"); }
    void end_snapshot() override { run("COMMIT"); }

    /// Rows changed since the connection was opened.
    std::int64_t total_changes() const;
    /// False also when SQLite ended the transaction by itself, after a failure of the disk.
    bool is_in_transaction() const;

    /// Pages in the write-ahead log after the last commit.
    int wal_pages() const { return wal_pages_; }
    /// Moves the log's pages into the file. `restart` waits up to a second for readers, so that the
    /// log starts at its beginning again.
    void checkpoint(bool restart);

protected:
    int run_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    void send_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    Changes begin_bound(std::string_view sql, const Bind* binds, std::size_t count) override;
    Rows query_bound(std::string_view sql, const Bind* binds, std::size_t count) override;

private:
    SqliteStatement& prepare(std::string_view sql);
    enum class Lifetime { OfTheCall, UntilReset };  ///< Of the texts that binds point at.
    void bind(SqliteStatement& statement, const Bind* binds, std::size_t count, Lifetime lives);
    [[noreturn]] void fail(std::string_view doing);

    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string_view, std::unique_ptr<SqliteStatement>>
        statements_;  ///< Keys live in the values.
    /// The same by where the text stands: most are constants, and hashing a pointer is quick. The text is
    /// compared all the same, as another may stand there by now.
    std::unordered_map<const char*, std::pair<std::string_view, SqliteStatement*>> by_address_;
    int wal_pages_ = 0;
};

}  // namespace accessd::store
