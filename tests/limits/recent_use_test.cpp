#include "limits/recent_use.h"

#include <gtest/gtest.h>

#include <chrono>

namespace accessd::limits {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow = from_unix_millis(1'790'000'000'000);

TEST(RecentUse, HalvesWhatItCounted)
{
    RecentUse use{60s, 100};
    for (int i = 0; i < 8; ++i) use.add("a", kNow);

    EXPECT_DOUBLE_EQ(use.count("a", kNow), 8);
    EXPECT_DOUBLE_EQ(use.count("a", kNow + 60s), 4);
    EXPECT_DOUBLE_EQ(use.count("a", kNow + 180s), 1);
    EXPECT_DOUBLE_EQ(use.count("b", kNow), 0);
}

TEST(RecentUse, AddsToWhatIsLeft)
{
    RecentUse use{60s, 100};
    use.add("a", kNow);
    use.add("a", kNow + 60s);

    EXPECT_DOUBLE_EQ(use.count("a", kNow + 60s), 1.5);
}

TEST(RecentUse, NeverGrowsWhenTheClockIsSetBack)
{
    RecentUse use{60s, 100};
    use.add("a", kNow);

    EXPECT_DOUBLE_EQ(use.count("a", kNow - 600s), 1);
}

TEST(RecentUse, KeepsThoseUsedMostWhenThereAreTooMany)
{
    RecentUse use{60s, 100};
    for (int i = 0; i < 10; ++i) use.add("busy", kNow);

    for (int i = 0; i < 1000; ++i) use.add("stranger " + std::to_string(i), kNow);

    EXPECT_DOUBLE_EQ(use.count("busy", kNow), 10);
    int kept = 0;
    for (int i = 0; i < 1000; ++i) {
        if (use.count("stranger " + std::to_string(i), kNow) > 0) ++kept;
    }
    EXPECT_LT(kept, 100);
    EXPECT_GT(kept, 10);
}

}  // namespace
}  // namespace accessd::limits
