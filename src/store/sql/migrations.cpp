#include "store/sql/migrations.h"

#include "embedded/migrations.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace accessd::store {
namespace {

constexpr std::string_view kOldest = "-- oldest: ";

constexpr auto kMakeTable = R"(
    CREATE TABLE IF NOT EXISTS schema_migrations (
        version    BIGINT PRIMARY KEY,
        name       TEXT NOT NULL,
        applied_at BIGINT NOT NULL
    ))";
// Of its own, because the table is older than it.
constexpr auto kMakeOldest = R"(
    CREATE TABLE IF NOT EXISTS schema_compatibility (
        version BIGINT PRIMARY KEY,
        oldest  BIGINT NOT NULL
    ))";

int number_at(std::string_view text)
{
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::vector<Migration> migrations_of(std::string_view ending)
{
    std::vector<Migration> found;
    for (const auto& file : embedded_migrations()) {
        if (!file.name.ends_with(ending)) continue;
        Migration migration{0, file.name.substr(0, file.name.size() - ending.size()), file.bytes};
        migration.version = migration.oldest = number_at(file.name);
        if (const auto at = file.bytes.find(kOldest); at != std::string_view::npos) {
            migration.oldest = number_at(file.bytes.substr(at + kOldest.size()));
        }
        found.push_back(migration);
    }
    return found;
}

int schema_version(Connection& connection)
{
    auto row = connection.query("SELECT max(version) FROM schema_migrations");
    return row.next() ? row.small(0) : 0;
}

int newest_schema_version()
{
    int newest = 0;
    for (const auto& migration : migrations_of(".sqlite.sql")) {
        newest = std::max(newest, migration.version);
    }
    return newest;
}

void make_migration_table(Connection& connection)
{
    connection.run(kMakeTable);
    connection.run(kMakeOldest);
}

Result<void> check_schema(Connection& connection, const std::vector<Migration>& known)
{
    const int newest = known.empty() ? 0 : known.back().version;
    const int stored = schema_version(connection);
    if (stored <= newest) return {};
    auto row = connection.query(R"(
        SELECT max(coalesce(c.oldest, m.version)) FROM schema_migrations m
          LEFT JOIN schema_compatibility c ON c.version = m.version
         WHERE m.version > ?1)",
                                {newest});
    if (row.next() && row.small(0) <= newest) return {};
    auto sentence =
        "The store has schema version " + std::to_string(stored) +
        ", made by a newer release; this one knows " + std::to_string(newest) +
        " and can't run beside it. Start the newer release, or restore a backup made before the upgrade.";
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

std::vector<Migration> missing_migrations(Connection& connection,
                                          const std::vector<Migration>& known)
{
    const int stored = schema_version(connection);
    std::vector<Migration> missing;
    for (const auto& migration : known) {
        if (migration.version > stored) missing.push_back(migration);
    }
    return missing;
}

void record_migration(Connection& connection, const Migration& migration, TimePoint now)
{
    connection.run("INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)",
                   {migration.version, migration.name, now});
    connection.run("INSERT INTO schema_compatibility (version, oldest) VALUES (?1, ?2)",
                   {migration.version, migration.oldest});
}

}  // namespace accessd::store
