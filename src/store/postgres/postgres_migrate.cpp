#include "store/postgres/postgres_migrate.h"

#include "base/log.h"
#include "store/sql/migrations.h"

#include <string>

namespace accessd::store {
namespace {

/// The nodes' claim to the schema, apart from those of writes. Held by the session, so that it ends with it.
constexpr auto kClaimSchema = "SELECT pg_advisory_lock(7300)";
constexpr auto kGiveUpSchema = "SELECT pg_advisory_unlock(7300)";
// Steps may rewrite tables, and a node waits for another's steps.
constexpr auto kTakeTime = "SET statement_timeout = 0; SET lock_timeout = 0";

// What connections leave in each of their transactions (postgres_connection.cpp). Of this engine alone, so no step of
// the schema. Rows of connections that are gone have no use.
constexpr auto kMakeCommits = R"(
    CREATE TABLE IF NOT EXISTS store_commits (slot BIGINT PRIMARY KEY, token BIGINT NOT NULL, at BIGINT NOT NULL)
        WITH (fillfactor = 50))";
constexpr auto kForgetCommits =
    "DELETE FROM store_commits WHERE at < extract(epoch FROM now()) - 7 * 86400";

std::string in_quotes(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? 2U : 1U, c);
    return out + "'";
}

/// One script is one transaction, with the record of it.
void apply(Connection& connection, const Migration& migration, TimePoint now)
{
    const auto version = std::to_string(migration.version);
    connection.script("BEGIN;\n" + std::string{migration.sql} +
                      "\nINSERT INTO schema_migrations (version, name, applied_at) VALUES (" +
                      version + ", " + in_quotes(migration.name) + ", " +
                      std::to_string(unix_millis(now)) +
                      ");\nINSERT INTO schema_compatibility (version, oldest) VALUES (" + version +
                      ", " + std::to_string(migration.oldest) + ");\nCOMMIT");
}

Result<MigrationReport> migrate_alone(PostgresConnection& connection, TimePoint now)
{
    const auto known = migrations_of(".postgres.sql");
    make_migration_table(connection);
    connection.run(kMakeCommits);
    connection.run(kForgetCommits);
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

}  // namespace

Result<MigrationReport> migrate_postgres(PostgresConnection& connection, TimePoint now)
{
    connection.script(kTakeTime);
    connection.script(kClaimSchema);
    auto report = migrate_alone(connection, now);
    connection.script(kGiveUpSchema);
    return report;
}

}  // namespace accessd::store
