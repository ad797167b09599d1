#include "access/lock.h"

#include <gtest/gtest.h>

#include <climits>

namespace accessd::access {
namespace {

using namespace std::chrono_literals;

TEST(WaitAfter, DoublesFromTheTenthFailureUpToAnHour)
{
    EXPECT_EQ(wait_after(9, {}), 0s);
    EXPECT_EQ(wait_after(10, {}), 30s);
    EXPECT_EQ(wait_after(11, {}), 60s);
    EXPECT_EQ(wait_after(16, {}), 1920s);
    EXPECT_EQ(wait_after(17, {}), 1h);
    EXPECT_EQ(wait_after(INT_MAX, {}), 1h);
}

TEST(WaitAfter, IsNoneWhenSwitchedOff) { EXPECT_EQ(wait_after(500, {.before_wait = 0}), 0s); }

TEST(LockedRefusal, PromisesNoTime)
{
    const auto error = locked_refusal();

    EXPECT_EQ(error.code, ErrorCode::Locked);
    ASSERT_EQ(error.details.size(), 1U);
    EXPECT_EQ(error.details[0].first, "unlock");
    EXPECT_TRUE(error.retry_after);
}

}  // namespace
}  // namespace accessd::access
