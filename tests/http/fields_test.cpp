#include "http/fields.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace accessd::http {
namespace {

using namespace std::string_literals;

Request with_body(std::string body)
{
    Request request;
    request.body = std::move(body);
    return request;
}

Fields fields_of(std::string body)
{
    auto fields = Fields::parse(with_body(std::move(body)));
    EXPECT_TRUE(fields) << fields.error().message;
    return std::move(*fields);
}

/// The issues of a check, by field; several of one field are joined.
using Issues = std::map<std::string, std::string>;

Issues issues_of(const Result<void>& checked)
{
    Issues issues;
    if (checked) return issues;
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidRequest);
    for (const auto& [field, issue] : checked.error().fields) {
        auto& text = issues[field];
        text += (text.empty() ? "" : "; ") + issue;
    }
    return issues;
}

TEST(FieldsTest, ReadsWhatIsThere)
{
    auto body = fields_of(
        R"({"name":"Ana","age":7,"share":0.5,"on":true,"kind":"b","list":["x","y"],"any":{"a":[1]}})");

    EXPECT_EQ(body.string("name", {.required = true, .min = 1, .max = 3}), "Ana");
    EXPECT_EQ(body.integer("age", {.required = true, .min = 7, .max = 7}), 7);
    EXPECT_EQ(body.number("share", true, 0, 1), 0.5);
    EXPECT_EQ(body.boolean("on", true), true);
    EXPECT_EQ(body.choice("kind", true, {"a", "b"}), "b");
    EXPECT_EQ(body.strings("list", true, 2, 1), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(body.json("any", true, 9), nlohmann::json({{"a", {1}}}));
    EXPECT_TRUE(body.check());
}

TEST(FieldsTest, ReadsNothingWhereNothingIs)
{
    auto body = fields_of(R"({"cleared":null})");

    EXPECT_FALSE(body.string("a", {}));
    EXPECT_FALSE(body.integer("b", {}));
    EXPECT_FALSE(body.number("c", false, 0, 1));
    EXPECT_FALSE(body.boolean("d"));
    EXPECT_FALSE(body.choice("e", false, {"x"}));
    EXPECT_FALSE(body.strings("f", false, 1, 1));
    EXPECT_FALSE(body.object("g"));
    EXPECT_FALSE(body.objects("h", false, 1));
    EXPECT_FALSE(body.json("i", false, 1));
    EXPECT_FALSE(body.has("j"));
    EXPECT_FALSE(body.is_null("k"));
    EXPECT_FALSE(body.string("cleared", {.nullable = true}));
    EXPECT_TRUE(body.has("cleared"));
    EXPECT_TRUE(body.is_null("cleared"));
    EXPECT_TRUE(body.check());
}

TEST(FieldsTest, NamesEveryMissingField)
{
    auto body = fields_of("{}");
    body.string("a", {.required = true});
    body.integer("b", {.required = true});
    body.number("c", true, 0, 1);
    body.boolean("d", true);
    body.choice("e", true, {"x"});
    body.strings("f", true, 1, 1);
    body.object("g", true);
    body.objects("h", true, 1);
    body.json("i", true, 1);

    Issues expected;
    for (const char name : "abcdefghi"s) expected[{name}] = "is required";
    EXPECT_EQ(issues_of(body.check()), expected);
}

TEST(FieldsTest, NamesEveryProblemAndEveryUnknownFieldAtOnce)
{
    auto body = fields_of(R"({"email":1,"colour":"red","client":{"ip":2,"mac":"y"},
                              "recipients":[{"destination":"a"},7,{"destination":3,"x":1}]})");
    body.string("email", {});
    body.string("project_id", {.required = true});
    auto client = body.object("client");
    client->string("ip", {});
    body.absorb(*client);
    auto recipients = body.objects("recipients", true, 3);
    ASSERT_EQ(recipients->size(), 2U);
    for (auto& recipient : *recipients) {
        recipient.string("destination", {.required = true});
        body.absorb(recipient);
    }
    body.refuse("policy.any", "names nothing");

    EXPECT_EQ(issues_of(body.check()), (Issues{{"email", "must be a string"},
                                               {"project_id", "is required"},
                                               {"client.ip", "must be a string"},
                                               {"client.mac", "isn't a known field"},
                                               {"recipients[1]", "must be an object"},
                                               {"recipients[2].destination", "must be a string"},
                                               {"recipients[2].x", "isn't a known field"},
                                               {"policy.any", "names nothing"},
                                               {"colour", "isn't a known field"}}));
}

TEST(FieldsTest, NamesFieldsOfObjectsInsideObjects)
{
    auto body = fields_of(R"({"a":{"b":[{"c":{"d":1}}]}})");
    auto a = body.object("a");
    auto b = a->objects("b", true, 1);
    auto c = b->at(0).object("c");
    c->string("d", {});
    b->at(0).absorb(*c);
    a->absorb(b->at(0));
    body.absorb(*a);

    EXPECT_EQ(issues_of(body.check()), (Issues{{"a.b[0].c.d", "must be a string"}}));
}

struct Wrong {
    const char* name;
    std::string value;  ///< JSON.
    std::function<void(Fields&)> read;
    std::string issue;
};
void PrintTo(const Wrong& row, std::ostream* out) { *out << row.name; }

class WrongFieldTest : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFieldTest, IsRefusedWithItsRule)
{
    auto body = fields_of("{\"x\":" + GetParam().value + "}");

    GetParam().read(body);

    EXPECT_EQ(issues_of(body.check()), (Issues{{"x", GetParam().issue}}));
}

auto string_rule(Fields::StringRule rule)
{
    return [rule](Fields& body) { EXPECT_FALSE(body.string("x", rule)); };
}
auto integer_rule(Fields::IntegerRule rule)
{
    return [rule](Fields& body) { EXPECT_FALSE(body.integer("x", rule)); };
}
void read_share(Fields& body) { EXPECT_FALSE(body.number("x", false, 1e-5, 0.01)); }
void read_boolean(Fields& body) { EXPECT_FALSE(body.boolean("x")); }
void read_choice(Fields& body) { EXPECT_FALSE(body.choice("x", false, {"en", "es"})); }
void read_strings(Fields& body) { EXPECT_FALSE(body.strings("x", false, 2, 3)); }
void read_object(Fields& body) { EXPECT_FALSE(body.object("x")); }
void read_objects(Fields& body) { EXPECT_FALSE(body.objects("x", false, 2)); }
void read_json(Fields& body) { EXPECT_FALSE(body.json("x", false, 10)); }
void read_any_json(Fields& body) { EXPECT_FALSE(body.json("x", false, 5, false)); }

constexpr auto kControls = "must not contain control characters";

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongFieldTest,
    testing::Values(
        Wrong{"StringNumber", "1", string_rule({}), "must be a string"},
        Wrong{"StringNull", "null", string_rule({}), "must be a string"},
        Wrong{"StringNullRequired", "null", string_rule({.required = true}), "must be a string"},
        Wrong{"StringList", "[\"a\"]", string_rule({.nullable = true}), "must be a string"},
        Wrong{"StringShort", "\"\"", string_rule({.min = 1, .max = 60}),
              "must be 1 to 60 characters"},
        Wrong{"StringLong", "\"abcd\"", string_rule({.max = 3}), "must be at most 3 characters"},
        Wrong{"StringNotExact", "\"ab\"", string_rule({.min = 1, .max = 1}), "must be 1 character"},
        Wrong{"StringLongInCharacters", "\"\u00e9\u4e2d\U0001F600x\"", string_rule({.max = 3}),
              "must be at most 3 characters"},
        Wrong{"StringLineFeed", R"("a\nb")", string_rule({}), kControls},
        Wrong{"StringNul", R"("a\u0000b")", string_rule({.multiline = true}), kControls},
        Wrong{"StringDelete", "\"a\x7f\"", string_rule({}), kControls},
        Wrong{"StringC1", R"("a\u009b")", string_rule({}), kControls},
        Wrong{"StringCarriageReturn", R"("a\rb")", string_rule({.multiline = true}), kControls},
        Wrong{"IntegerString", "\"6\"", integer_rule({}), "must be an integer"},
        Wrong{"IntegerFraction", "6.5", integer_rule({}), "must be an integer"},
        Wrong{"IntegerWithPoint", "6.0", integer_rule({}), "must be an integer"},
        Wrong{"IntegerNull", "null", integer_rule({}), "must be an integer"},
        Wrong{"IntegerTrue", "true", integer_rule({}), "must be an integer"},
        Wrong{"IntegerSmall", "5", integer_rule({.min = 6, .max = 8}), "must be 6 to 8"},
        Wrong{"IntegerLarge", "9", integer_rule({.min = 6, .max = 8}), "must be 6 to 8"},
        Wrong{"IntegerBelow", "-1", integer_rule({.min = 0}), "must be at least 0"},
        Wrong{"IntegerAbove", "1", integer_rule({.max = 0}), "must be at most 0"},
        Wrong{"IntegerBeyond63Bits", "9223372036854775808", integer_rule({}),
              "must fit into 64 bits"},
        Wrong{"NumberString", "\"0.001\"", read_share, "must be a number from 1e-05 to 0.01"},
        Wrong{"NumberLarge", "0.5", read_share, "must be a number from 1e-05 to 0.01"},
        Wrong{"NumberNegative", "-1", read_share, "must be a number from 1e-05 to 0.01"},
        Wrong{"BooleanNumber", "1", read_boolean, "must be true or false"},
        Wrong{"BooleanString", "\"true\"", read_boolean, "must be true or false"},
        Wrong{"BooleanNull", "null", read_boolean, "must be true or false"},
        Wrong{"ChoiceOther", "\"de\"", read_choice, "must be one of en, es"},
        Wrong{"ChoiceCase", "\"EN\"", read_choice, "must be one of en, es"},
        Wrong{"ChoiceNumber", "1", read_choice, "must be one of en, es"},
        Wrong{"StringsString", "\"abc\"", read_strings, "must be a list of at most 2 strings"},
        Wrong{"StringsMany", R"(["a","b","c"])", read_strings,
              "must be a list of at most 2 strings"},
        Wrong{"StringsNumber", R"(["a",1])", read_strings, "[1] must be a string"},
        Wrong{"StringsEmpty", R"([""])", read_strings, "[0] must be 1 to 3 characters"},
        Wrong{"StringsLong", R"(["abcd"])", read_strings, "[0] must be 1 to 3 characters"},
        Wrong{"StringsControl", R"(["a\t"])", read_strings, "[0] "s + kControls},
        Wrong{"StringsTwice", R"(["a","a"])", read_strings, "[1] is in the list already"},
        Wrong{"StringsAllWrong", R"([1,""])", read_strings,
              "[0] must be a string; [1] must be 1 to 3 characters"},
        Wrong{"ObjectNull", "null", read_object, "must be an object"},
        Wrong{"ObjectList", "[]", read_object, "must be an object"},
        Wrong{"ObjectsObject", "{}", read_objects, "must be a list of at most 2 objects"},
        Wrong{"ObjectsMany", "[{},{},{}]", read_objects, "must be a list of at most 2 objects"},
        Wrong{"JsonList", "[]", read_json, "must be an object of at most 10 bytes"},
        Wrong{"JsonNull", "null", read_json, "must be an object of at most 10 bytes"},
        Wrong{"JsonLong", R"({"a":12345})", read_json, "must be an object of at most 10 bytes"},
        Wrong{"AnyJsonLong", "\"abcd\"", read_any_json, "must be JSON of at most 5 bytes"}),
    [](const auto& row) { return row.param.name; });

TEST(FieldsTest, CountsCharactersAndNotBytes)
{
    auto body = fields_of("{\"a\":\"\u00e9\u4e2d\U0001F600\",\"b\":\"x\\n\\ty\",\"c\":\"\u00a0\"}");

    EXPECT_EQ(body.string("a", {.min = 3, .max = 3}), "\u00e9\u4e2d\U0001F600");
    EXPECT_EQ(body.string("b", {.multiline = true}), "x\n\ty");
    EXPECT_EQ(body.string("c", {}), "\u00a0");
    EXPECT_TRUE(body.check());
}

TEST(FieldsTest, TakesAnyJsonWithinItsSize)
{
    auto body = fields_of(R"({"a":"abc","b":null,"c":{"x":1}})");

    EXPECT_EQ(body.json("a", true, 5, false), "abc");
    EXPECT_EQ(body.json("b", true, 5, false), nlohmann::json(nullptr));
    EXPECT_EQ(body.json("c", true, 7), nlohmann::json({{"x", 1}}));
    EXPECT_TRUE(body.check());
}

TEST(FieldsTest, StaysWholeWhenMoved)
{
    auto first = fields_of(R"({"a":{"b":1},"c":2})");
    auto nested = first.object("a");
    auto second = std::move(first);

    nested->integer("b", {});
    second.absorb(*nested);

    EXPECT_EQ(issues_of(second.check()), (Issues{{"c", "isn't a known field"}}));
}

TEST(FieldsTest, AnswersBrieflyToManyUnknownFields)
{
    std::string body = "{";
    for (int i = 0; i < 5000; ++i) body += "\"f" + std::to_string(i) + "\":1,";
    body += "\"" + std::string(127, 'x') + "\u00e9" + std::string(5000, 'y') + "\":1}";

    const auto checked = fields_of(body).check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().fields.size(), 50U);
    ASSERT_EQ(checked.error().details.size(), 1U);
    EXPECT_EQ(checked.error().details[0].first, "fields_omitted");
    EXPECT_EQ(checked.error().details[0].second, DetailValue{std::int64_t{4951}});

    const auto one = fields_of("{\"" + std::string(127, 'x') + "\u00e9yyy\":1}").check();
    EXPECT_EQ(one.error().fields[0].field, std::string(127, 'x') + "...");
}

TEST(FieldsTest, WantsAnObjectAsTheBody)
{
    for (const auto* body : {"[]", "1", "\"x\"", "null", "true", "[{}]"}) {
        const auto fields = Fields::parse(with_body(body));
        ASSERT_FALSE(fields) << body;
        EXPECT_EQ(fields.error().code, ErrorCode::InvalidRequest) << body;
        EXPECT_EQ(fields.error().fields, (std::vector<FieldIssue>{{"", "must be a JSON object"}}));
    }
    for (const auto* body : {"", " ", "{", "x"}) {
        const auto fields = Fields::parse(with_body(body));
        ASSERT_FALSE(fields) << body;
        EXPECT_EQ(fields.error().code, ErrorCode::InvalidJson) << body;
    }
}

TEST(FieldsTest, LetsABodyBeMissingWhereThatIsFine)
{
    const auto none = Fields::parse(with_body(""), true);
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->check());

    EXPECT_FALSE(Fields::parse(with_body(" "), true));
    EXPECT_FALSE(Fields::parse(with_body("{\"a\":1}"), true)->check());
}

}  // namespace
}  // namespace accessd::http
