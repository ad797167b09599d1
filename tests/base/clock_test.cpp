#include "base/clock.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

TEST(Rfc3339Test, WritesUtcWithMilliseconds)
{
    const std::pair<std::int64_t, const char*> times[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {1'772'357'400'250, "2026-03-01T09:30:00.250Z"},
        {951'782'399'999, "2000-02-28T23:59:59.999Z"},
        {951'782'400'000, "2000-02-29T00:00:00.000Z"},
        {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
        {253'402'300'799'999, "9999-12-31T23:59:59.999Z"}};
    for (const auto& [millis, text] : times) {
        EXPECT_EQ(to_rfc3339(from_unix_millis(millis)), text);
    }
}

TEST(ClockTest, RoundsSecondsDown)
{
    EXPECT_EQ(unix_seconds(from_unix_millis(1999)), 1);
    EXPECT_EQ(unix_seconds(from_unix_millis(2000)), 2);
    EXPECT_EQ(unix_seconds(from_unix_millis(-1)), -1);
    EXPECT_EQ(unix_millis(from_unix_millis(1999)), 1999);
}

TEST(ClockTest, TellsTheSystemsTime)
{
    const auto before = std::chrono::system_clock::now() - std::chrono::milliseconds{1};
    const auto now = SystemClock{}.now();

    EXPECT_GE(now, before);
    EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace accessd
