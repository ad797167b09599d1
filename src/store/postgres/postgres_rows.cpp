#include "store/postgres/postgres_rows.h"

#include "store/postgres/postgres_result.h"

#include <libpq-fe.h>

namespace accessd::store {

bool PostgresConnection::PendingRows::next()
{
    if (!has_come()) connection_.fetch(*this);
    return ++row_ < PQntuples(result_.get());
}

int PostgresConnection::PendingRows::changed()
{
    if (!has_come()) connection_.fetch(*this);
    return changed_by(result_.get());
}

std::int64_t PostgresConnection::PendingRows::integer(int column) const
{
    return is_null(column) ? 0 : integer_in(result_.get(), row_, column);
}

std::string PostgresConnection::PendingRows::text(int column) const
{
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

bool PostgresConnection::PendingRows::is_null(int column) const
{
    return PQgetisnull(result_.get(), row_, column) != 0;
}

void PostgresConnection::PendingRows::release() noexcept
{
    if (!has_come()) connection_.forget(*this);
    delete this;
}

}  // namespace accessd::store
