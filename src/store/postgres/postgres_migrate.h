#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "store/open.h"
#include "store/postgres/postgres_connection.h"

namespace accessd::store {

/// As migrate_sqlite(), on a database that several nodes may be starting on: one of them applies what is missing, the
/// others wait for it, and one that dies in the middle leaves what was there before its step.
/// Errors: StoreUnavailable with a sentence. Throws SqlFailure.
Result<MigrationReport> migrate_postgres(PostgresConnection& connection, TimePoint now);

}  // namespace accessd::store
