#include "base/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace accessd {
namespace {

using namespace std::string_literals;
using nlohmann::json;

std::int64_t place(const Error& error, std::string_view name)
{
    for (const auto& [detail, value] : error.details) {
        if (detail == name) return std::get<std::int64_t>(value);
    }
    return -1;
}

TEST(ParseJsonTest, ReadsEveryKindOfValue)
{
    const auto read = parse_json(R"( {"a":[1,-2,2.5,1e3,true,false,null,"x"],"b":{},"c":[]} )");

    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, (json{{"a", {1, -2, 2.5, 1e3, true, false, nullptr, "x"}},
                           {"b", json::object()},
                           {"c", json::array()}}));
    EXPECT_TRUE((*read)["a"][0].is_number_unsigned());
    EXPECT_TRUE((*read)["a"][1].is_number_integer());
    EXPECT_TRUE((*read)["a"][3].is_number_float());
}

struct Good {
    const char* name;
    std::string text;
    json value;
};
void PrintTo(const Good& row, std::ostream* out) { *out << row.name; }

class GoodJsonTest : public testing::TestWithParam<Good> {};

TEST_P(GoodJsonTest, IsReadAsItStands)
{
    const auto read = parse_json(GetParam().text);

    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, GoodJsonTest,
    testing::Values(Good{"Scalar", "\t\r\n 1 \n", 1}, Good{"EmptyText", R"("")", ""},
                    Good{"LargestInteger", "18446744073709551615", UINT64_MAX},
                    Good{"SmallestInteger", "-9223372036854775808", INT64_MIN},
                    Good{"MinusZero", "-0", 0}, Good{"ZeroWithExponent", "0e999", 0.0},
                    Good{"LargestDouble", "1.7976931348623157e308", 1.7976931348623157e308},
                    Good{"SmallestDouble", "4.9406564584124654e-324", 4.9406564584124654e-324},
                    Good{"ThirtyTwoCharacters", "0." + std::string(29, '0') + "1", 1e-30},
                    Good{"Escapes", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")",
                         "\"\\/\b\f\n\r\t\u00e9\U0001F600"},
                    Good{"EscapedNul", R"("\u0000")", "\0"s},
                    Good{"Utf8", "\"\u00e9\u4e2d\U0001F600\"", "\u00e9\u4e2d\U0001F600"},
                    Good{"SameNameInTwoObjects", R"([{"a":1},{"a":{"a":2}}])",
                         json::array({{{"a", 1}}, {{"a", {{"a", 2}}}}})},
                    Good{"MarkInside", "\"\xEF\xBB\xBF\"", "\xEF\xBB\xBF"}),
    [](const auto& row) { return row.param.name; });

struct Bad {
    std::string name;
    std::string text;
    std::int64_t line;
    std::int64_t column;
};

/// One thing wrong in each, at a place that was counted by hand.
std::vector<Bad> bad_texts()
{
    return {
        {"empty", "", 1, 1},
        {"blanks", "  \n ", 2, 2},
        {"open object", "{", 1, 2},
        {"open array", "[", 1, 2},
        {"open text", R"("abc)", 1, 5},
        {"open name", R"({"abc)", 1, 6},
        {"name alone", R"({"a")", 1, 5},
        {"name and colon", R"({"a":)", 1, 6},
        {"member without an end", R"({"a":1)", 1, 7},
        {"item without an end", "[1,\n2", 2, 2},
        {"comma at the end", "[1,", 1, 4},
        {"half an escape", R"("\)", 1, 3},
        {"half a unicode escape", R"("\u12)", 1, 6},
        {"half a literal", "tru", 1, 4},
        {"half a number", "-", 1, 2},
        {"half a fraction", "1.", 1, 3},
        {"half an exponent", "1e+", 1, 4},
        {"trailing comma in an object", R"({"a":1,})", 1, 8},
        {"trailing comma in an array", "[1,]", 1, 4},
        {"leading comma", "[,1]", 1, 2},
        {"two commas", "[1,,2]", 1, 4},
        {"missing comma in an object", "{\n  \"a\": \"x\"\n  \"b\": 1}", 3, 3},
        {"missing comma in an array", "[1 22]", 1, 4},
        {"missing colon", R"({"a" 1})", 1, 6},
        {"two colons", R"({"a"::1})", 1, 6},
        {"missing value", R"({"a":})", 1, 6},
        {"missing name", "{:1}", 1, 2},
        {"number as a name", "{1:2}", 1, 2},
        {"name without quotes", "{a:1}", 1, 2},
        {"single quotes", "{'a':1}", 1, 2},
        {"closed by the other bracket", R"({"a":1])", 1, 7},
        {"array closed by a brace", "[1}", 1, 3},
        {"closed twice", "{}}", 1, 3},
        {"nothing opened", "]", 1, 1},
        {"two values", "1 2", 1, 3},
        {"two objects", "{}{}", 1, 3},
        {"text behind", "{} \"abc\"", 1, 4},
        {"garbage behind", "{}\nx", 2, 1},
        {"comment behind", "{} // x", 1, 4},
        {"comment inside", "{/* x */}", 1, 2},
        {"hash comment", "# x\n{}", 1, 1},
        {"mark at the start", "\xEF\xBB\xBF{}", 1, 1},
        {"half a mark", "\xEF\xBB{}", 1, 3},
        {"UTF-16", "\xFF\xFE{\0}\0"s, 1, 4},
        {"NUL behind", "{}\0"s, 1, 3},
        {"NUL before garbage", "{}\n\0x"s, 2, 1},
        {"NUL in a text", "\"a\0b\""s, 1, 3},
        {"capital literal", "True", 1, 1},
        {"long literal", "trueish", 1, 5},
        {"wrong literal", "nul0", 1, 4},
        {"not a number", R"({"a":NaN})", 1, 6},
        {"infinity", "Infinity", 1, 1},
        {"minus infinity", "-Infinity", 1, 2},
        {"undefined", "undefined", 1, 1},
        {"plus", "+1", 1, 1},
        {"leading zero", "[012]", 1, 2},
        {"leading zeros", "00", 1, 1},
        {"hexadecimal", "[0x10]", 1, 3},
        {"leading point", "[.5]", 1, 2},
        {"point without digits", "[1.]", 1, 4},
        {"exponent without digits", "[1e]", 1, 4},
        {"two points", "[1.2.3]", 1, 5},
        {"two signs", "[--1]", 1, 3},
        {"underscore in a number", "[1_000]", 1, 3},
        {"other digits", "[\u0661]", 1, 2},
        {"huge exponent", "[1, 1e400]", 1, 5},
        {"huge negative", "[\n-1e999]", 2, 1},
        {"endless exponent", "[1e99999999999999999999]", 1, 2},
        {"too small", "[1e-999]", 1, 2},
        {"beyond 64 bits", R"({"a": 18446744073709551616})", 1, 7},
        {"below 64 bits", "[-9223372036854775809 ]", 1, 2},
        {"beyond 64 bits, alone", "99999999999999999999", 1, 1},
        {"thirty-three characters", "[0." + std::string(31, '1') + "]", 1, 2},
        {"a thousand digits", "[" + std::string(1000, '9') + "]", 1, 2},
        {"line feed in a text", "{\"a\": \"x\ny\"}", 1, 9},
        {"tab in a text", "[\"\t\"]", 1, 3},
        {"escape in a text", "[\"\x1b\"]", 1, 3},
        {"unknown escape", R"(["\x41"])", 1, 4},
        {"octal escape", R"(["\101"])", 1, 4},
        {"escaped quote mark", R"(["\'"])", 1, 4},
        {"unicode escape that is none", R"(["\u00g0"])", 1, 7},
        {"high surrogate alone", R"(["\ud800"])", 1, 9},
        {"high surrogate and a letter", R"(["\ud800x"])", 1, 9},
        {"high surrogate twice", R"(["\ud800\ud800"])", 1, 14},
        {"low surrogate alone", R"(["\udc00"])", 1, 8},
        {"surrogates turned round", R"(["\udc00\ud800"])", 1, 8},
        {"byte that never starts", "[\"\xff\"]", 1, 3},
        {"continuation alone", "[\"\x80\"]", 1, 3},
        {"overlong slash", "[\"\xc0\xaf\"]", 1, 3},
        {"overlong in three", "[\"\xe0\x80\xaf\"]", 1, 4},
        {"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", 1, 4},
        {"beyond Unicode", "[\"\xf4\x90\x80\x80\"]", 1, 4},
        {"five bytes", "[\"\xf8\x88\x80\x80\x80\"]", 1, 3},
        {"character cut short", "[\"\xe2\x82\"]", 1, 5},
        {"invalid UTF-8 in a name", "{\"\xff\":1}", 1, 3},
        {"invalid UTF-8 outside", "{}\xff", 1, 3},
        {"no-break space outside", "{}\u00a0", 1, 3},
        {"form feed outside", "{}\f", 1, 3},
        {"name twice", R"({"a":1,"a":2})", 1, 8},
        {"name twice, once escaped", "{\"a\":1,\n  \"\\u0061\":2}", 2, 3},
        {"name with quotes twice", R"({"\"":1, "\"":2})", 1, 10},
        {"name with backslashes twice", R"({"\\":1,"\\":2})", 1, 9},
        {"empty name twice", R"({"":1,"":2})", 1, 7},
        {"name ending in a digit twice", R"({"a1":1,"a1":2})", 1, 9},
        {"name twice below", "{\"a\":[0,{\"b\":1,\r\n\"b\":2}]}", 2, 1},
    };
}

TEST(ParseJsonTest, RefusesBrokenTextsAndShowsWhere)
{
    const auto texts = bad_texts();
    ASSERT_GE(texts.size(), 100U);
    std::set<std::string> names;
    for (const auto& [name, text, line, column] : texts) {
        SCOPED_TRACE(name + ": " + text.substr(0, 60));
        EXPECT_TRUE(names.insert(name).second);
        const auto read = parse_json(text);
        ASSERT_FALSE(read) << read->dump();
        EXPECT_EQ(read.error().code, ErrorCode::InvalidJson);
        EXPECT_EQ(place(read.error(), "line"), line) << read.error().message;
        EXPECT_EQ(place(read.error(), "column"), column) << read.error().message;
        const auto where = "line " + std::to_string(line) + ", column " + std::to_string(column);
        EXPECT_NE(read.error().message.find(where), std::string::npos) << read.error().message;
    }
}

TEST(ParseJsonTest, RefusesEveryBeginningOfADocumentAtItsEnd)
{
    const std::string text =
        R"({"email":"ana\u00e9@example.com","n":[1,-2.5e3,true,null,{"a":"b"}],"x":{}})";
    ASSERT_TRUE(parse_json(text));

    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto read = parse_json(std::string_view{text}.substr(0, length));
        ASSERT_FALSE(read) << length;
        EXPECT_EQ(place(read.error(), "line"), 1);
        EXPECT_EQ(place(read.error(), "column"), static_cast<std::int64_t>(length) + 1)
            << text.substr(0, length);
    }
}

TEST(ParseJsonTest, ReadsOnlyTheTextItWasGiven)
{
    const std::string text = "[1] garbage";

    EXPECT_TRUE(parse_json(std::string_view{text}.substr(0, 3)));
}

TEST(ParseJsonTest, NamesTheMemberThatStandsTwiceWithItsPath)
{
    const auto top = parse_json(R"({"a":1,"a":2})");
    ASSERT_EQ(top.error().fields.size(), 1U);
    EXPECT_EQ(top.error().fields[0].field, "a");

    const auto below = parse_json(R"({"x":{"b":1},"y":{"list":[7,{"b":1,"c":{"d":1,"d":2}}]}})");
    ASSERT_EQ(below.error().fields.size(), 1U);
    EXPECT_EQ(below.error().fields[0].field, "y.list[1].c.d");
}

TEST(ParseJsonTest, KeepsTheTextOutOfItsLogAndItsSentence)
{
    for (const auto* text : {R"({"otp":"123456" "x":1})", R"({"123456":1,"123456":2})",
                             R"({"otp":123456x})", "{\"otp\":\"123456\xff\"}"}) {
        const auto read = parse_json(text);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().detail.find("123456"), std::string::npos) << read.error().detail;
        EXPECT_EQ(read.error().message.find("123456"), std::string::npos) << read.error().message;
    }
}

TEST(ParseJsonTest, CountsLevelsOfObjectsAndArrays)
{
    const auto nested = [](int levels) {
        std::string text;
        for (int i = 0; i < levels; ++i) text += i % 2 == 0 ? "[" : "{\"a\":";
        text += "1";
        for (int i = levels; i-- > 0;) text += i % 2 == 0 ? "]" : "}";
        return text;
    };

    EXPECT_TRUE(parse_json(nested(32)));
    EXPECT_FALSE(parse_json(nested(33)));
    EXPECT_TRUE(parse_json(nested(4), 4));
    EXPECT_FALSE(parse_json(nested(5), 4));
    EXPECT_TRUE(parse_json("1", 0));
    EXPECT_FALSE(parse_json("[]", 0));
    EXPECT_EQ(place(parse_json("{\"a\":\n [[1]]}", 2).error(), "column"), 3);
    EXPECT_FALSE(parse_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace accessd
