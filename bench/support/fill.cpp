#include "support/fill.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>

namespace accessd::bench {
namespace {

/// In one transaction: neither log grows beyond what a disk has to spare.
constexpr std::int64_t kRowsMax = 250'000;

std::int64_t now_ms()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};

/// Runs statements; the first column of the last row, if there is one.
std::string run_embedded(const std::filesystem::path& file, const std::string& sql)
{
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file.c_str(), &opened);
    const std::unique_ptr<sqlite3, Close> database{opened};
    std::string found;
    const auto keep = [](void* target, int columns, char** values, char**) {
        if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(target) = values[0];
        return 0;
    };
    sqlite3_busy_timeout(opened, 10'000);
    if (code != SQLITE_OK ||
        sqlite3_exec(opened, sql.c_str(), keep, &found, nullptr) != SQLITE_OK) {
        throw std::runtime_error{std::string{"can't fill the store: "} + sqlite3_errmsg(opened)};
    }
    return found;
}

/// Numbers in SQL of both engines. Ids have 29 characters behind their prefix; those that begin with 0 are older than any
/// that the server makes, and random behind that like its own.
constexpr auto kScattered =
    "substr(CAST(1000000000000 + (i * 7919 % 1000003) * 997 + i % 997 AS TEXT), 2)";
std::string id(const std::string& prefix)
{
    return "'" + prefix + "0' || substr(CAST(1000000000000000000 + i AS TEXT), 4) || '" +
           std::string(12, '0') + "'";
}

std::string numbers(std::int64_t first, std::int64_t count)
{
    // PostgreSQL takes a plain number that is small for one of 32 bits, and products of it overflow.
    return "WITH RECURSIVE numbers(i) AS (SELECT CAST(" + std::to_string(first) +
           " AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < " +
           std::to_string(first + count - 1) + ") ";
}

void in_parts(std::int64_t first, std::int64_t count,
              const std::function<void(std::int64_t, std::int64_t)>& part)
{
    for (; count > 0; first += kRowsMax, count -= kRowsMax) part(first, std::min(count, kRowsMax));
}

}  // namespace

void Fill::run(const std::string& sql) const
{
    if (postgres_ != nullptr)
        postgres_->ask(sql);
    else
        run_embedded(server_.data() / "accessd.db", sql);
}

std::string Fill::ask(const std::string& sql) const
{
    return postgres_ != nullptr ? postgres_->ask(sql)
                                : run_embedded(server_.data() / "accessd.db", sql);
}

void Fill::users(std::int64_t first, std::int64_t count) const
{
    const auto at = std::to_string(now_ms());
    in_parts(first, count, [&](std::int64_t from, std::int64_t rows) {
        run("INSERT INTO users (project_id, user_id, email, claims, created_at, updated_at, version) " +
            numbers(from, rows) + "SELECT '" + account_.project_id + "', " + id("usr_") +
            ", 'u' || " + kScattered + " || '@filled.example', '{}', " + at + ", " + at +
            ", 1 FROM numbers");
    });
}

void Fill::pending_validations(std::int64_t first, std::int64_t count) const
{
    const auto at = std::to_string(now_ms());
    const auto until = std::to_string(now_ms() + 365LL * 86'400'000);
    in_parts(first, count, [&](std::int64_t from, std::int64_t rows) {
        run("INSERT INTO validations (id, project_id, flow_id, login_id, channel, recipient, status, decoy, otp_length, "
            "max_attempts, attempts_remaining, language, created_at, expires_at, pepper_version) " +
            numbers(from, rows) + "SELECT " + id("val_") + ", '" + account_.project_id +
            "', 'flow_filled', " + id("login_") + ", 'email', 'v' || " + kScattered +
            " || '@filled.example', 'pending', 0, 6, 3, 3, 'en', " + at + ", " + until +
            ", 1 FROM numbers");
    });
}

void Fill::events(std::int64_t count, int days) const
{
    const auto at = std::to_string(now_ms() - days * 86'400'000LL);
    const auto project = "'" + account_.project_id + "'";
    const auto last = ask("SELECT last FROM event_sequences WHERE project_id = " + project);
    // The project's own first events stand before these: they must not seem younger.
    run("UPDATE events SET at = " + at + " WHERE project_id = " + project);
    const auto first = 1 + (last.empty() ? 0 : std::stoll(last));
    in_parts(first, count, [&](std::int64_t from, std::int64_t rows) {
        run("INSERT INTO events (project_id, sequence, id, type, at, flow_id, login_id, "
            "validation_id, channel, destination, test) " +
            numbers(from, rows) + "SELECT " + project + ", i, " + id("evt_") +
            ", 'validation.sent', " + at + ", 'flow_filled', " + id("login_") + ", " + id("val_") +
            ", 'email', 'v•••@filled.example', 1 FROM numbers");
        run("INSERT INTO event_sequences (project_id, last) VALUES (" + project + ", " +
            std::to_string(from + rows - 1) +
            ") ON CONFLICT (project_id) DO UPDATE SET last = excluded.last");
    });
}

void Fill::settle() const
{
    if (postgres_ != nullptr)
        run("VACUUM ANALYZE");
    else
        run("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::int64_t Fill::oldest_event() const
{
    const auto found =
        ask("SELECT min(sequence) FROM events WHERE project_id = '" + account_.project_id + "'");
    return found.empty() ? 0 : std::stoll(found);
}

double Fill::size_mb() const
{
    if (postgres_ != nullptr) {
        return std::stod(ask("SELECT pg_database_size(current_database())")) / 1e6;
    }
    return static_cast<double>(std::filesystem::file_size(server_.data() / "accessd.db")) / 1e6;
}

}  // namespace accessd::bench
