#include "http/fields.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace accessd::http {
namespace {

Query query_of(std::string text)
{
    Request request;
    request.query = std::move(text);
    return Query{request};
}

using Issues = std::map<std::string, std::string>;

Issues issues_of(const Query& query)
{
    Issues issues;
    const auto checked = query.check();
    if (checked) return issues;
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidRequest);
    for (const auto& [field, issue] : checked.error().fields) issues[field] = issue;
    return issues;
}

TEST(QueryTest, DecodesNamesAndValues)
{
    auto query = query_of("a=1%2B2&b=x+y%20z&%63=%C3%B1%e4%b8%ad&d=%26%3D&&e=f=g&");

    EXPECT_EQ(query.string("a"), "1+2");
    EXPECT_EQ(query.string("b"), "x y z");
    EXPECT_EQ(query.string("c"), "\u00f1\u4e2d");
    EXPECT_EQ(query.string("d"), "&=");
    EXPECT_EQ(query.string("e"), "f=g");
    EXPECT_FALSE(query.string("absent"));
    EXPECT_EQ(issues_of(query), Issues{});
}

TEST(QueryTest, ReadsChoicesAndIntegers)
{
    auto query = query_of("status=failed&n=-7");

    EXPECT_EQ(query.choice("status", {"pending", "failed"}), "failed");
    EXPECT_EQ(query.integer("n", -7, 7), -7);
    EXPECT_EQ(issues_of(query), Issues{});
}

TEST(QueryTest, NamesEveryProblemAndEveryUnknownParameter)
{
    auto query = query_of("status=done&n=8&m=x&long=abcd&empty=&bare&page=2&twice=1&twice=2");
    query.choice("status", {"pending", "failed"});
    query.integer("n", 1, 7);
    query.integer("m", 1, 7);
    query.string("long", 3);
    query.string("empty");
    query.string("bare");
    EXPECT_EQ(query.string("twice"), "1");
    query.refuse("own", "is wrong");

    EXPECT_EQ(issues_of(query), (Issues{{"status", "must be one of pending, failed"},
                                        {"n", "must be 1 to 7"},
                                        {"m", "must be 1 to 7"},
                                        {"long", "must be 1 to 3 characters"},
                                        {"empty", "must be 1 to 200 characters"},
                                        {"bare", "must be 1 to 200 characters"},
                                        {"page", "isn't a known parameter"},
                                        {"twice", "must be given once"},
                                        {"own", "is wrong"}}));
}

TEST(QueryTest, RefusesWhatIsNoText)
{
    for (const auto* value : {"%", "%4", "%zz", "%4g", "a%", "%00", "%ff", "%c0%af", "%ed%a0%80",
                              "%c3", "%+1", "%%41", "%u0041"}) {
        auto query = query_of(std::string{"a="} + value);
        EXPECT_FALSE(query.string("a")) << value;
        EXPECT_EQ(issues_of(query), (Issues{{"a", "must be percent-encoded UTF-8"}})) << value;
    }
    EXPECT_EQ(issues_of(query_of("%ff=1")), (Issues{{"?", "must be percent-encoded UTF-8"}}));
}

TEST(QueryTest, RefusesControlCharacters)
{
    auto query = query_of("a=x%0Ay&b=%7f&c=%c2%9b");
    for (const auto* name : {"a", "b", "c"}) {
        EXPECT_FALSE(query.string(name));
        EXPECT_EQ(issues_of(query).at(name), "must not contain control characters");
    }
}

TEST(QueryTest, RefusesIntegersWrittenOtherwise)
{
    for (const auto* value : {"+1", "1.0", "1e1", "0x1", "%201", "1%20", "99999999999999999999"}) {
        auto query = query_of(std::string{"n="} + value);
        EXPECT_FALSE(query.integer("n", 0, 100)) << value;
        EXPECT_EQ(issues_of(query).count("n"), 1U) << value;
    }
}

TEST(PageTest, HasDefaultsAndBounds)
{
    auto none = query_of("");
    EXPECT_EQ(none.page().limit, 50);
    EXPECT_FALSE(none.page().after);
    EXPECT_TRUE(none.check());

    for (const int limit : {1, 200}) {
        auto query = query_of("limit=" + std::to_string(limit));
        EXPECT_EQ(query.page().limit, limit);
        EXPECT_TRUE(query.check());
    }
    for (const auto* limit : {"0", "201", "-1", "ten", ""}) {
        auto query = query_of(std::string{"limit="} + limit);
        query.page();
        EXPECT_EQ(issues_of(query).count("limit"), 1U) << limit;
    }
}

TEST(PageTest, ContinuesAfterTheCursorOfThePageBefore)
{
    auto query = query_of("cursor=" + to_cursor("val_06gc8k3cffvvvkdqp7leqsdirvgim"));

    EXPECT_EQ(query.page().after, "val_06gc8k3cffvvvkdqp7leqsdirvgim");
    EXPECT_TRUE(query.check());
}

TEST(PageTest, RefusesCursorsThatAreNone)
{
    for (const auto& cursor : {std::string{}, std::string{"!"}, std::string{"Zh"},
                               std::string{"Zg=="}, to_base64url("a b"), to_base64url("a\n"),
                               to_base64url("\xff"), to_base64url(std::string_view{"a\0", 2})}) {
        auto query = query_of("cursor=" + cursor);
        EXPECT_FALSE(query.page().after) << cursor;
        EXPECT_EQ(issues_of(query).count("cursor"), 1U) << cursor;
    }
}

}  // namespace
}  // namespace accessd::http
