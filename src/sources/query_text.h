#pragma once

#include "base/result.h"
#include "users/person.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::sources {

/// A source's query in the form in which a database takes it: its parameters are numbered or in order, and are
/// only ever bound.
struct QueryText {
    std::string sql;
    std::vector<users::ContactKind> parameters;  ///< By place.
};

enum class Placeholder {
    Dollar,    ///< PostgreSQL: $1, one for each name.
    Question,  ///< MySQL: ?, one for each time that a name stands there.
    Named,     ///< SQLite: ?1, as Dollar.
};

/// Reads a query that whoever manages the project wrote: one SELECT with the parameters :email, :phone and
/// :user_id. What could be read in two ways has no place in it: backslashes, comments, semicolons, dollars and,
/// for MySQL, question marks outside quotes.
/// Errors: InvalidRequest about `field` saying what to write instead.
Result<QueryText> read_query(std::string_view query, Placeholder placeholder,
                             std::string_view field);

}  // namespace accessd::sources
