#pragma once

#include "store/sql/sql_connection.h"

#include <string>

namespace accessd::store {

/// PostgreSQL said no, or can't be reached.
class PostgresFailure : public SqlFailure {
public:
    enum class Kind {
        Statement,      ///< A statement was refused.
        Conflict,       ///< Deadlock or serialization: the same again may well go through.
        Lost,           ///< The connection, with nothing committed.
        CommitUnknown,  ///< The connection, after the commit was sent.
    };
    PostgresFailure(Kind kind, const std::string& what) : SqlFailure(what), kind_(kind) {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

}  // namespace accessd::store
