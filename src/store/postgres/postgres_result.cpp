#include "store/postgres/postgres_result.h"

#include <libpq-fe.h>

#include <charconv>
#include <string_view>

namespace accessd::store {
namespace {

// The types that stores' queries give. Source: catalog/pg_type.dat of PostgreSQL.
constexpr unsigned kBool = 16;
constexpr unsigned kInt8 = 20;
constexpr unsigned kInt2 = 21;
constexpr unsigned kInt4 = 23;

std::int64_t big_endian(const char* bytes, int size)
{
    std::uint64_t value =
        (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (int i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
}

}  // namespace

int changed_by(const pg_result* result)
{
    // libpq only reads what it takes as changeable here.
    const std::string_view changed = PQcmdTuples(const_cast<pg_result*>(result));
    int rows = 0;
    std::from_chars(changed.data(), changed.data() + changed.size(), rows);
    return rows;
}

bool is_failure(const pg_result* result)
{
    const auto status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_SYNC;
}

std::int64_t integer_in(const pg_result* result, int row, int column)
{
    const auto type = PQftype(result, column);
    if (type != kInt8 && type != kInt4 && type != kInt2 && type != kBool) {
        throw PostgresFailure{PostgresFailure::Kind::Statement,
                              "a column of type " + std::to_string(type) + " is read as a number"};
    }
    return big_endian(PQgetvalue(result, row, column), PQgetlength(result, row, column));
}

/// Deadlock and serialization failures: class 40. 55P03 and 57014: the wait for a claim, or the statement, took too
/// long. 57P01 to 57P05: the server goes down. Source: PostgreSQL, appendix A.
PostgresFailure::Kind kind_of(const std::string& state)
{
    if (state.starts_with("40")) return PostgresFailure::Kind::Conflict;
    if (state.starts_with("57P") || state.starts_with("08")) return PostgresFailure::Kind::Lost;
    return PostgresFailure::Kind::Statement;
}

}  // namespace accessd::store
