#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/open.h"
#include "store/sqlite/sqlite_connection.h"

namespace accessd::store {

/// Brings the schema to this release's version, each migration in a transaction of its own; a new database
/// gets all of them. Errors: StoreUnavailable with a sentence when the schema is that of a newer release.
/// Throws SqlFailure.
Result<MigrationReport> migrate(Connection& connection, TimePoint now);

/// Of the database; and the newest that this release knows. Throws SqlFailure.
int schema_version(Connection& connection);
int newest_schema_version();

}  // namespace accessd::store
