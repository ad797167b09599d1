#include "store/open.h"

#include "store/data_folder.h"
#include "store/open_traced.h"
#include "store/postgres/postgres_database.h"
#include "store/postgres/postgres_migrate.h"
#include "store/sql/sql_stores.h"
#include "store/sql/traced_database.h"
#include "store/sqlite/sqlite_database.h"
#include "store/sqlite/sqlite_migrate.h"

#include <sys/stat.h>

#include <string>
#include <utility>

namespace accessd::store {
namespace {

Error unusable(const SqlFailure& failure, const std::string& file)
{
    const auto sentence = "The store " + file + " can't be opened (" + failure.what() +
                          "). Check that the disk has room and that this user may write the file.";
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

/// libpq's words name hosts and users, never passwords.
Error unreachable(const SqlFailure& failure)
{
    const auto sentence = "The database server of store.url can't be used (" +
                          std::string{failure.what()} +
                          "). Check that it runs, and the name, user and password in store.url.";
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

Result<MigrationReport> migrate_file(const std::string& file, const Clock& clock)
{
    const auto mask = ::umask(S_IRWXG | S_IRWXO);  // Files for this user alone.
    SqliteConnection connection{file, SqliteConnection::Access::Write};
    ::umask(mask);
    return migrate_sqlite(connection, clock.now());
}

Result<MigrationReport> migrate_server(const std::string& url, const Clock& clock)
{
    PostgresConnection connection{url};
    return migrate_postgres(connection, clock.now());
}

enum class Traces { No, Yes };

std::unique_ptr<Database> traced(std::unique_ptr<Database> database, std::string system,
                                 Traces traces)
{
    if (traces == Traces::No) return database;
    return std::make_unique<TracedDatabase>(std::move(database), std::move(system));
}

Result<std::unique_ptr<Stores>> open_with(const Place& place, AdjustedClock* adjusted,
                                          const Clock& clock, Random& random,
                                          Traces traces = Traces::No)
{
    ACCESSD_TRY(auto folder, DataFolder::open(place.data_dir));
    try {
        ACCESSD_CHECK(migrate_server(place.postgres_url, clock));
        auto database = std::make_unique<PostgresDatabase>(PostgresDatabase::Options{
            place.postgres_url, place.connections_max, adjusted, place.changed});
        return std::make_unique<SqlStores>(
            std::move(folder), traced(std::move(database), "postgresql", traces), clock, random);
    } catch (const SqlFailure& failure) {
        return unreachable(failure);
    }
}

Result<std::unique_ptr<Stores>> open_embedded(const std::string& data_dir, const Clock& clock,
                                              Random& random, Traces traces)
{
    ACCESSD_TRY(auto folder, DataFolder::open(data_dir));
    const auto file = folder.database_file();
    try {
        ACCESSD_CHECK(migrate_file(file, clock));
        auto database = std::make_unique<SqliteDatabase>(file);
        auto stores = std::make_unique<SqlStores>(
            std::move(folder), traced(std::move(database), "sqlite", traces), clock, random);
        // Nobody else can hold a lease on a file that is this process's alone.
        ACCESSD_CHECK(stores->outbox().release_all());
        ACCESSD_CHECK(stores->webhook_queues().release_all());
        return std::unique_ptr<Stores>{std::move(stores)};
    } catch (const SqlFailure& failure) {
        return unusable(failure, file);
    }
}

}  // namespace

Result<std::unique_ptr<Stores>> open(const std::string& data_dir, Clock& clock, Random& random)
{
    return open_embedded(data_dir, clock, random, Traces::No);
}

Result<std::unique_ptr<Stores>> open_traced(const Place& place, AdjustedClock& clock,
                                            Random& random)
{
    if (place.postgres_url.empty()) {
        return open_embedded(place.data_dir, clock, random, Traces::Yes);
    }
    return open_with(place, &clock, clock, random, Traces::Yes);
}

Result<std::unique_ptr<Stores>> open(const Place& place, AdjustedClock& clock, Random& random)
{
    if (place.postgres_url.empty()) return open(place.data_dir, clock, random);
    return open_with(place, &clock, clock, random);
}

Result<std::unique_ptr<Stores>> open_server(const Place& place, Clock& clock, Random& random)
{
    return open_with(place, nullptr, clock, random);
}

Result<MigrationReport> migrate(const Place& place, const Clock& clock)
{
    try {
        if (!place.postgres_url.empty()) return migrate_server(place.postgres_url, clock);
    } catch (const SqlFailure& failure) {
        return unreachable(failure);
    }
    ACCESSD_TRY(const auto folder, DataFolder::open(place.data_dir));
    try {
        return migrate_file(folder.database_file(), clock);
    } catch (const SqlFailure& failure) {
        return unusable(failure, folder.database_file());
    }
}

}  // namespace accessd::store
