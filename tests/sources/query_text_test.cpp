#include "sources/query_text.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd::test {
namespace {

using sources::Placeholder;
using sources::read_query;
using users::ContactKind;

std::string wrong(const std::string& query, Placeholder placeholder)
{
    const auto read = read_query(query, placeholder, "query");
    return read ? std::string{} : read.error().fields.at(0).issue;
}

TEST(QueryText, NumbersEachNameOnceForPostgres)
{
    const auto read = read_query("SELECT id FROM t WHERE a = :email OR b = :phone OR c = :email",
                                 Placeholder::Dollar, "query");

    ASSERT_TRUE(read);
    EXPECT_EQ(read->sql, "SELECT id FROM t WHERE a = $1 OR b = $2 OR c = $1");
    EXPECT_EQ(read->parameters, (std::vector{ContactKind::Email, ContactKind::Phone}));
}

TEST(QueryText, RepeatsEachNameForMysql)
{
    const auto read = read_query("select id from t where a = :email or c = :email or d = :user_id",
                                 Placeholder::Question, "query");

    ASSERT_TRUE(read);
    EXPECT_EQ(read->sql, "select id from t where a = ? or c = ? or d = ?");
    EXPECT_EQ(read->parameters,
              (std::vector{ContactKind::Email, ContactKind::Email, ContactKind::UserId}));
}

TEST(QueryText, LeavesQuotesAndCastsAlone)
{
    const std::string start =
        "WITH x AS (SELECT ':email ? ''; --' AS \"a:phone\", id::text FROM t) ";

    const auto read =
        read_query(start + "SELECT * FROM x WHERE e = :email", Placeholder::Dollar, "q");

    ASSERT_TRUE(read);
    EXPECT_EQ(read->sql, start + "SELECT * FROM x WHERE e = $1");
}

TEST(QueryText, RefusesWhatCouldBeReadInTwoWays)
{
    for (const auto placeholder :
         {Placeholder::Dollar, Placeholder::Question, Placeholder::Named}) {
        for (const std::string query : {"",
                                        "UPDATE t SET a = :email",
                                        "selectx :email",
                                        "SELECT 1",
                                        "SELECT :email; DROP TABLE t",
                                        "SELECT :email;",
                                        "SELECT :email -- x",
                                        "SELECT :email /* x */",
                                        "SELECT '\\' || :email",
                                        "SELECT ':email",
                                        "SELECT \":email",
                                        "SELECT `:email",
                                        "SELECT :mail",
                                        "SELECT :email, :emails",
                                        "SELECT $1, :email",
                                        "SELECT $$x$$, :email",
                                        "SELECT \x01, :email",
                                        "SELECT \xFF, :email",
                                        "EXPLAIN SELECT :email",
                                        "(SELECT :email)"}) {
            EXPECT_NE(wrong(query, placeholder), "") << query;
        }
    }
    EXPECT_NE(wrong("SELECT ?, :email", Placeholder::Question), "");
    EXPECT_NE(wrong("SELECT ?, :email", Placeholder::Named), "");
    EXPECT_NE(wrong("SELECT 1 # :email", Placeholder::Question), "");
    EXPECT_EQ(wrong("SELECT a ? 'b' FROM t WHERE e = :email", Placeholder::Dollar), "");
}

TEST(QueryText, HasALength)
{
    const std::string filler(8192, ' ');
    EXPECT_NE(wrong("SELECT" + filler + ":email", Placeholder::Dollar), "");
}

}  // namespace
}  // namespace accessd::test
