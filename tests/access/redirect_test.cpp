#include "access/redirect.h"

#include <gtest/gtest.h>

namespace accessd::access {
namespace {

TEST(RedirectWithCode, AddsCodeAndStateToTheQuery)
{
    EXPECT_EQ(redirect_with_code("https://shop.example/in", Secret{"c0de"}, "s1"),
              "https://shop.example/in?code=c0de&state=s1");
    EXPECT_EQ(redirect_with_code("https://shop.example/in", Secret{"c0de"}, ""),
              "https://shop.example/in?code=c0de");
}

TEST(RedirectWithCode, KeepsTheQueryThatIsThere)
{
    EXPECT_EQ(redirect_with_code("https://shop.example/in?a=1", Secret{"c"}, "s"),
              "https://shop.example/in?a=1&code=c&state=s");
    EXPECT_EQ(redirect_with_code("https://shop.example/in?", Secret{"c"}, ""),
              "https://shop.example/in?code=c");
    EXPECT_EQ(redirect_with_code("https://shop.example/in?a=1&", Secret{"c"}, ""),
              "https://shop.example/in?a=1&code=c");
}

TEST(RedirectWithCode, LetsNoStateBreakOutOfItsPlace)
{
    EXPECT_EQ(redirect_with_code("https://shop.example/in", Secret{"c"}, "a&code=evil#x %\r\n\"<ñ"),
              "https://shop.example/in?code=c&state="
              "a%26code%3Devil%23x%20%25%0D%0A%22%3C%C3%B1");
}

}  // namespace
}  // namespace accessd::access
