#include "base/encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd {
namespace {

// Source: RFC 4648, section 10, without padding.
TEST(Base64UrlTest, AgreesWithTheStandardsVectors)
{
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64url(bytes), text);
        EXPECT_EQ(from_base64url(text), bytes);
    }
    EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
}

TEST(Base64UrlTest, GivesBackEveryByteAtEveryPlace)
{
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t length = 1; length <= 4; ++length) {
            const std::string bytes(length, static_cast<char>(byte));
            EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
        }
    }
}

TEST(Base64UrlTest, HasOneTextForEachValue)
{
    for (const auto* text : {"Zh", "Zm9", "Z", "Zm9vY", "Zg==", "Zg=", "Zm8=", "Zm+v", "Zm/v",
                             "Zm 9v", "Zm9v\n", "Zm9v.", "\xc3\xa9"}) {
        EXPECT_FALSE(from_base64url(text)) << text;
    }
    EXPECT_FALSE(from_base64url(std::string_view{"Zm9\0", 4}));
}

TEST(Utf8LengthTest, TellsCharactersFromOtherBytes)
{
    const std::pair<std::string_view, std::size_t> starts[] = {{"a", 1},
                                                               {"\xc2\x80", 2},
                                                               {"\xdf\xbf", 2},
                                                               {"\xe0\xa0\x80", 3},
                                                               {"\xed\x9f\xbf", 3},
                                                               {"\xee\x80\x80", 3},
                                                               {"\xef\xbf\xbf", 3},
                                                               {"\xf0\x90\x80\x80", 4},
                                                               {"\xf4\x8f\xbf\xbf", 4},
                                                               {{"\0", 1}, 1},
                                                               {"", 0},
                                                               {"\x80", 0},
                                                               {"\xc0\xaf", 0},
                                                               {"\xc1\xbf", 0},
                                                               {"\xc2", 0},
                                                               {"\xc2"
                                                                "a",
                                                                0},
                                                               {"\xe0\x9f\xbf", 0},
                                                               {"\xed\xa0\x80", 0},
                                                               {"\xe2\x82", 0},
                                                               {"\xe2\x82"
                                                                "a",
                                                                0},
                                                               {"\xf0\x8f\xbf\xbf", 0},
                                                               {"\xf4\x90\x80\x80", 0},
                                                               {"\xf5\x80\x80\x80", 0},
                                                               {"\xf0\x90\x80", 0},
                                                               {"\xff", 0}};
    for (const auto& [text, length] : starts) {
        EXPECT_EQ(utf8_length(text, 0), length) << to_hex(text);
        EXPECT_EQ(utf8_length("ab" + std::string{text}, 2), length) << to_hex(text);
    }
    EXPECT_EQ(utf8_length("ab", 3), 0U);
}

TEST(HexTest, WritesSmallAndReadsBoth)
{
    EXPECT_EQ(to_hex(std::string_view{"\x00\x9f\xff", 3}), "009fff");
    EXPECT_EQ(from_hex("009fFF"), (std::string{"\x00\x9f\xff", 3}));
    EXPECT_EQ(from_hex(""), "");
}

TEST(HexTest, RefusesWhatIsNone)
{
    for (const auto* text : {"0", "0g", "g0", "0x00", " 00", "00 ", "--"}) {
        EXPECT_FALSE(from_hex(text)) << text;
    }
}

}  // namespace
}  // namespace accessd
