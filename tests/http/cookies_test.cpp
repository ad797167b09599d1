#include "http/cookies.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace accessd::http {
namespace {

/// What a request with these Cookie headers has under the name "session".
Result<std::optional<std::string>> found_in(const std::vector<std::string>& cookies)
{
    Request request;
    for (const auto& value : cookies) request.headers.push_back({"cookie", value});
    return find_cookie(request, "session");
}

TEST(Cookies, AreFoundAmongOthers)
{
    EXPECT_EQ(*found_in({"session=abc"}), "abc");
    EXPECT_EQ(*found_in({"a=1; session=abc; b=2"}), "abc");
    EXPECT_EQ(*found_in({"a=1;session=abc"}), "abc");
    EXPECT_EQ(*found_in({"a=1", "session=a=b"}), "a=b");
    EXPECT_EQ(*found_in({"session="}), "");
    EXPECT_EQ(*found_in({"broken; ;=;session=abc;"}), "abc");
}

TEST(Cookies, OfOtherNamesAreNot)
{
    for (const auto* cookies : {"", "session", "Session=abc", "xsession=abc", "session2=abc",
                                "a=session=abc", "a=\"; \"session=abc"}) {
        const auto found = found_in({cookies});
        ASSERT_TRUE(found) << cookies;
        EXPECT_FALSE(*found) << cookies;
    }
    EXPECT_FALSE(*found_in({}));
}

TEST(Cookies, OfOneNameTwiceAreRefused)
{
    EXPECT_EQ(found_in({"session=a; session=a"}).error().code, ErrorCode::InvalidToken);
    EXPECT_EQ(found_in({"session=a; session=b"}).error().code, ErrorCode::InvalidToken);
    EXPECT_EQ(found_in({"session=a", "session=b"}).error().code, ErrorCode::InvalidToken);
    EXPECT_EQ(found_in({"session=; x=1; session =b"}).error().code, ErrorCode::InvalidToken);
}

}  // namespace
}  // namespace accessd::http
