#include "store/open.h"

#include "store/data_folder.h"
#include "store/sql/sql_stores.h"
#include "store/sqlite/sqlite_database.h"
#include "store/sqlite/sqlite_migrate.h"

#include <sys/stat.h>

namespace accessd::store {
namespace {

Error unusable(const SqlFailure& failure, const std::string& file)
{
    const auto sentence = "The store " + file + " can't be opened (" + failure.what() +
                          "). Check that the disk has room and that this user may write the file.";
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

Result<MigrationReport> migrate_file(const std::string& file, const Clock& clock)
{
    const auto mask = ::umask(S_IRWXG | S_IRWXO);  // Files for this user alone.
    SqliteConnection connection{file, SqliteConnection::Access::Write};
    ::umask(mask);
    return migrate(connection, clock.now());
}

}  // namespace

Result<std::unique_ptr<Stores>> open(const std::string& data_dir, Clock& clock, Random& random)
{
    ACCESSD_TRY(auto folder, DataFolder::open(data_dir));
    const auto file = folder.database_file();
    try {
        ACCESSD_CHECK(migrate_file(file, clock));
        auto database = std::make_unique<SqliteDatabase>(file);
        auto stores =
            std::make_unique<SqlStores>(std::move(folder), std::move(database), clock, random);
        ACCESSD_CHECK(stores->outbox().release_all());
        return std::unique_ptr<Stores>{std::move(stores)};
    } catch (const SqlFailure& failure) {
        return unusable(failure, file);
    }
}

Result<MigrationReport> migrate(const std::string& data_dir, const Clock& clock)
{
    ACCESSD_TRY(const auto folder, DataFolder::open(data_dir));
    try {
        return migrate_file(folder.database_file(), clock);
    } catch (const SqlFailure& failure) {
        return unusable(failure, folder.database_file());
    }
}

}  // namespace accessd::store
