#include "base/error.h"
#include "base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace accessd {
namespace {

TEST(ErrorCodeTest, HasATextOfItsOwnForEachCode)
{
    std::set<std::string_view> texts;
    for (int i = 0; i <= static_cast<int>(kLastErrorCode); ++i) {
        texts.insert(to_text(static_cast<ErrorCode>(i)));
    }

    EXPECT_EQ(texts.size(), static_cast<std::size_t>(kLastErrorCode) + 1);
    EXPECT_EQ(to_text(ErrorCode::InvalidJson), "InvalidJson");
    EXPECT_EQ(to_text(kLastErrorCode), "StoreUnavailable");
}

Result<int> half_of(int number)
{
    if (number % 2 != 0) return Error::invalid("number", "must be even");
    return number / 2;
}

Result<int> quarter_of(int number)
{
    ACCESSD_TRY(const auto half, half_of(number));
    ACCESSD_CHECK(half_of(half));
    return half / 2;
}

TEST(ResultTest, PassesErrorsUp)
{
    EXPECT_EQ(quarter_of(12), 3);
    EXPECT_EQ(quarter_of(3).error().code, ErrorCode::InvalidRequest);
    ASSERT_FALSE(quarter_of(6));
    EXPECT_EQ(quarter_of(6).error().fields, (std::vector<FieldIssue>{{"number", "must be even"}}));
}

}  // namespace
}  // namespace accessd
