#include "store/postgres/postgres_sql.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd::test {
namespace {

using store::to_postgres;

struct Case {
    std::string name;
    std::string sql;
    std::string wanted;

    friend void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }
};

class ToPostgres : public testing::TestWithParam<Case> {};

TEST_P(ToPostgres, SaysTheSameInPostgresWords)
{
    EXPECT_EQ(to_postgres(GetParam().sql), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, ToPostgres,
    testing::Values(
        Case{"Numbered", "SELECT a FROM t WHERE b = ?2 AND c = ?1",
             "SELECT a FROM t WHERE b = $2 AND c = $1"},
        Case{"Bare", "INSERT INTO t VALUES (?, ?)", "INSERT INTO t VALUES ($1, $2)"},
        Case{"BareAfterNumbered", "a = ?3 AND b = ? AND c = ?1 AND d = ?",
             "a = $3 AND b = $4 AND c = $1 AND d = $5"},
        Case{"QuestionMarksInText", "a = 'why?' AND \"b?\" = ?1", "a = 'why?' AND \"b?\" = $1"},
        Case{"DoubledQuote", "a = 'it''s ?' AND b = ?1", "a = 'it''s ?' AND b = $1"},
        Case{"OnlyHere", "SELECT a FROM t /*pg FOR UPDATE*/", "SELECT a FROM t FOR UPDATE"},
        Case{"NotHere", "FROM /*not pg*/json_each(?1)/*end*//*pg f($1)*/ x", "FROM f($1) x"},
        Case{"OrFail", "INSERT OR FAIL INTO t VALUES (?1)", "INSERT INTO t VALUES ($1)"},
        Case{"IndexedBy", "FROM t INDEXED BY t_of_a WHERE a = ?1", "FROM t WHERE a = $1"},
        Case{"GroupConcat", "SELECT group_concat(a, ' ') FROM t",
             "SELECT string_agg(a, ' ') FROM t"}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

}  // namespace
}  // namespace accessd::test
