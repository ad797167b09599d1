#include "base/percent_encoding.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

TEST(PercentEncoded, LeavesUnreservedCharactersAlone)
{
    EXPECT_EQ(percent_encoded("AZaz09-._~"), "AZaz09-._~");
}

TEST(PercentEncoded, WritesEveryOtherByteAsTwoDigits)
{
    EXPECT_EQ(percent_encoded("a b+c&d=e/f?g#h%"), "a%20b%2Bc%26d%3De%2Ff%3Fg%23h%25");
    EXPECT_EQ(percent_encoded("\xC3\xA9\r\n"), "%C3%A9%0D%0A");
    EXPECT_EQ(percent_encoded(std::string_view{"\0", 1}), "%00");
    EXPECT_EQ(percent_encoded(""), "");
}

}  // namespace
}  // namespace accessd
