#pragma once

#include "base/result.h"
#include "store/open.h"
#include "store/sql/sql_connection.h"

#include <string_view>
#include <vector>

namespace accessd::store {

/// One step of the schema. The engines have the same numbers and names.
struct Migration {
    int version = 0;
    std::string_view name;  ///< "0001_email_access".
    std::string_view sql;
    /// The schema version whose programs may go on running beside this step, and those of any later one: the line
    /// "-- oldest: 9" in the file; its own where there is none. A step that only adds things names an early one;
    /// what it took away must have gone unused since then.
    int oldest = 0;
};

/// Those whose files end like this (".sqlite.sql"), by number.
std::vector<Migration> migrations_of(std::string_view ending);

/// Of the database; 0: none yet. Throws SqlFailure.
int schema_version(Connection& connection);
/// The newest that this release knows, of every engine.
int newest_schema_version();

/// Makes the table of what was applied, in a form that both engines take. Throws SqlFailure.
void make_migration_table(Connection& connection);

/// Whether this release may work on the database as it is: it knows every step, or the steps that it doesn't
/// know say that it may run beside them. Errors: StoreUnavailable with a sentence. Throws SqlFailure.
Result<void> check_schema(Connection& connection, const std::vector<Migration>& known);

/// The steps that are missing, to be applied in this order. Throws SqlFailure.
std::vector<Migration> missing_migrations(Connection& connection,
                                          const std::vector<Migration>& known);

/// Writes down that a step was applied, within its transaction. Throws SqlFailure.
void record_migration(Connection& connection, const Migration& migration, TimePoint now);

}  // namespace accessd::store
