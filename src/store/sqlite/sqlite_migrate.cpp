#include "store/sqlite/sqlite_migrate.h"

#include "base/log.h"
#include "embedded/migrations.h"

#include <charconv>
#include <string>
#include <string_view>

namespace accessd::store {
namespace {

constexpr std::string_view kEnding = ".sqlite.sql";

constexpr auto kMakeTable = R"(
    CREATE TABLE IF NOT EXISTS schema_migrations (
        version    INTEGER PRIMARY KEY,
        name       TEXT NOT NULL,
        applied_at INTEGER NOT NULL
    ) STRICT)";
constexpr auto kRecord =
    "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)";

struct Migration {
    int version = 0;
    std::string_view name;  ///< "0001_email_access".
    std::string_view sql;
};

/// Those of this engine, by number.
std::vector<Migration> migrations()
{
    std::vector<Migration> found;
    for (const auto& file : embedded_migrations()) {
        if (!file.name.ends_with(kEnding)) continue;
        Migration migration{0, file.name.substr(0, file.name.size() - kEnding.size()), file.bytes};
        std::from_chars(file.name.data(), file.name.data() + file.name.size(), migration.version);
        found.push_back(migration);
    }
    return found;
}

void apply(Connection& connection, const Migration& migration, TimePoint now)
{
    connection.run("BEGIN IMMEDIATE");
    try {
        connection.script(std::string{migration.sql});
        connection.run(kRecord, {migration.version, migration.name, now});
        connection.run("COMMIT");
    } catch (const SqlFailure&) {
        connection.script("ROLLBACK");
        throw;
    }
}

}  // namespace

int schema_version(Connection& connection)
{
    auto row = connection.query("SELECT max(version) FROM schema_migrations");
    return row.next() ? row.small(0) : 0;
}

int newest_schema_version()
{
    const auto all = migrations();
    return all.empty() ? 0 : all.back().version;
}

Result<MigrationReport> migrate(Connection& connection, TimePoint now)
{
    connection.run(kMakeTable);
    MigrationReport report;
    report.from = report.to = schema_version(connection);
    const auto all = migrations();
    if (!all.empty() && report.from > all.back().version) {
        auto sentence = "The store has schema version " + std::to_string(report.from) +
                        ", made by a newer release; this one knows " +
                        std::to_string(all.back().version) +
                        ". Start the newer release, or restore a backup made before the upgrade.";
        return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
    }
    for (const auto& migration : all) {
        if (migration.version <= report.from) continue;
        apply(connection, migration, now);
        report.to = migration.version;
        log::info("migration applied", {{"name", migration.name}});
    }
    return report;
}

}  // namespace accessd::store
