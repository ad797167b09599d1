#include "store/sqlite/sqlite_migrate.h"

#include "base/log.h"
#include "store/sql/migrations.h"

#include <string>

namespace accessd::store {
namespace {

void apply(Connection& connection, const Migration& migration, TimePoint now)
{
    connection.run("BEGIN IMMEDIATE");
    try {
        connection.script(std::string{migration.sql});
        record_migration(connection, migration, now);
        connection.run("COMMIT");
    } catch (const SqlFailure&) {
        connection.script("ROLLBACK");
        throw;
    }
}

}  // namespace

Result<MigrationReport> migrate_sqlite(SqliteConnection& connection, TimePoint now)
{
    const auto known = migrations_of(".sqlite.sql");
    make_migration_table(connection);
    ACCESSD_CHECK(check_schema(connection, known));
    MigrationReport report;
    report.from = report.to = schema_version(connection);
    for (const auto& migration : missing_migrations(connection, known)) {
        apply(connection, migration, now);
        report.to = migration.version;
        log::info("migration applied", {{"name", migration.name}});
    }
    return report;
}

}  // namespace accessd::store
