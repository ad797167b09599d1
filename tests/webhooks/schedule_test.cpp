#include "webhooks/schedule.h"

#include <gtest/gtest.h>

#include <set>

namespace accessd::webhooks {
namespace {

using namespace std::chrono_literals;
using Millis = std::chrono::milliseconds;

TEST(WebhookSchedule, IsThatOfTheSpecification)
{
    const std::vector<Millis> delays{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
    for (std::size_t i = 0; i < delays.size(); ++i) {
        const auto delay = delay_after(static_cast<int>(i) + 1, "evt_1");
        ASSERT_TRUE(delay);
        EXPECT_GE(*delay, delays[i]);
        EXPECT_LE(*delay, delays[i] + delays[i] / 10);
    }
    EXPECT_FALSE(delay_after(10, "evt_1")) << "an eleventh try";
}

TEST(WebhookSchedule, SpreadsWhatFailedTogether)
{
    std::set<Millis> delays;
    for (int i = 0; i < 100; ++i) delays.insert(*delay_after(2, "evt_" + std::to_string(i)));

    EXPECT_GT(delays.size(), 80U);
}

TEST(WebhookHold, GrowsToAMinuteAndSparesABlip)
{
    for (int failures = 0; failures <= 4; ++failures) EXPECT_EQ(hold_after(failures, "x"), 0ms);
    Millis before{0};
    for (int failures = 5; failures < 12; ++failures) {
        const auto hold = hold_after(failures, "x");
        EXPECT_GE(hold, before);
        before = hold;
    }
    EXPECT_GE(hold_after(5, "x"), 1s);
    EXPECT_GE(before, 1min);
    EXPECT_LE(hold_after(1'000'000, "x"), 66s);
}

TEST(RetryAfter, TakesSecondsUpToAnHour)
{
    EXPECT_EQ(parse_retry_after("120"), 120s);
    EXPECT_EQ(parse_retry_after("86400"), 3600s);
    for (const auto* none : {"", "soon", "-5", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "5 "}) {
        EXPECT_EQ(parse_retry_after(none), 0s) << none;
    }
}

}  // namespace
}  // namespace accessd::webhooks
