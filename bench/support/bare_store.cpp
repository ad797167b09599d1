#include "support/bare_store.h"

#include "support/child_process.h"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kSchema = R"(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE codes (id TEXT PRIMARY KEY, recipient TEXT NOT NULL, digest BLOB NOT NULL,
        attempts_left INTEGER NOT NULL, used_at INTEGER) WITHOUT ROWID;
    CREATE TABLE messages (id INTEGER PRIMARY KEY, code_id TEXT NOT NULL, sealed BLOB NOT NULL);
    CREATE TABLE events (id INTEGER PRIMARY KEY, code_id TEXT NOT NULL, type TEXT NOT NULL);)";
constexpr auto kInsertCode = "INSERT INTO codes VALUES (?1, ?2, randomblob(32), 3, NULL)";
constexpr auto kInsertMessage =
    "INSERT INTO messages (code_id, sealed) VALUES (?1, randomblob(64))";
constexpr auto kUseCode = R"(UPDATE codes SET attempts_left = attempts_left - 1, used_at = 1
     WHERE id = ?1 AND recipient = ?2 AND used_at IS NULL AND attempts_left > 0)";
constexpr auto kInsertEvent = "INSERT INTO events (code_id, type) VALUES (?1, 'used')";

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Bare {
public:
    explicit Bare(const std::filesystem::path& file)
    {
        sqlite3* opened = nullptr;
        const int code = sqlite3_open(file.c_str(), &opened);
        database_.reset(opened);
        check(code == SQLITE_OK);
        script(kSchema);
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        insert_code_ = prepare(kInsertCode);
        insert_message_ = prepare(kInsertMessage);
        use_code_ = prepare(kUseCode);
        insert_event_ = prepare(kInsertEvent);
    }

    /// As many logins as one commit of each kind holds.
    void cycles(int count)
    {
        run(begin_);
        for (int i = 0; i < count; ++i) {
            run(insert_code_, id(made_ + i), "person@example.com");
            run(insert_message_, id(made_ + i));
        }
        run(commit_);
        run(begin_);
        for (int i = 0; i < count; ++i) {
            run(use_code_, id(made_ + i), "person@example.com");
            run(insert_event_, id(made_ + i));
        }
        run(commit_);
        made_ += count;
    }
    std::int64_t made() const { return made_; }

private:
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    static std::string id(std::int64_t number)
    {
        return "val_" + std::to_string(1'000'000'000'000'000 + number);
    }
    void check(bool is_ok) const
    {
        if (!is_ok) throw std::runtime_error{sqlite3_errmsg(database_.get())};
    }
    void script(const char* sql)
    {
        check(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    Statement prepare(const char* sql)
    {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(database_.get(), sql, -1, &made, nullptr) == SQLITE_OK);
        return Statement{made};
    }
    void run(const Statement& statement, const std::string& first = {},
             std::string_view second = {})
    {
        const auto bind = [&](int index, std::string_view text) {
            if (text.empty()) return;
            sqlite3_bind_text(statement.get(), index, text.data(), static_cast<int>(text.size()),
                              SQLITE_TRANSIENT);
        };
        bind(1, first);
        bind(2, second);
        check(sqlite3_step(statement.get()) == SQLITE_DONE);
        sqlite3_reset(statement.get());
    }

    std::unique_ptr<sqlite3, Close>
        database_;  // First in, last out: it closes after its statements.
    Statement begin_, commit_, insert_code_, insert_message_, use_code_, insert_event_;
    std::int64_t made_ = 0;
};

}  // namespace

BareFigures run_bare_store(const std::filesystem::path& folder, int cycles_per_commit,
                           std::chrono::milliseconds time)
{
    const auto name = "bare-" + std::to_string(cycles_per_commit) + ".db";
    Bare bare{folder / name};
    const auto begin = Steady::now();
    const auto cpu = own_cpu_seconds();
    while (Steady::now() - begin < time) bare.cycles(cycles_per_commit);
    const std::chrono::duration<double> took = Steady::now() - begin;
    const auto made = static_cast<double>(bare.made());
    return {made / took.count(), (own_cpu_seconds() - cpu) * 1e3 / made};
}

}  // namespace accessd::bench
