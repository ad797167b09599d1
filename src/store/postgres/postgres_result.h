#pragma once

#include "store/postgres/postgres_failure.h"

#include <cstdint>
#include <string>

struct pg_result;

namespace accessd::store {

/// Rows that a statement inserted, changed or deleted.
int changed_by(const pg_result* result);

/// Whether the server refused a statement, or skipped it behind one that it refused.
bool is_failure(const pg_result* result);

/// A value that came in binary form. Throws PostgresFailure (Statement) for a column of another type: a query that is to
/// be mended.
std::int64_t integer_in(const pg_result* result, int row, int column);

/// What an SQLSTATE means for whoever asked.
PostgresFailure::Kind kind_of(const std::string& state);

}  // namespace accessd::store
