#include "limits/window.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace accessd::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Limit kLimit{5, seconds{60}, "test"};
const TimePoint kStart = from_unix_millis(1'790'000'000'000);

TEST(WindowTest, LetsExactlyTheLimitThroughAtOnce)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 5; ++i) {
        const auto decision = take(hits, kLimit, kStart);
        EXPECT_TRUE(decision.allowed);
        EXPECT_EQ(decision.remaining, 4 - i);
    }
    EXPECT_FALSE(take(hits, kLimit, kStart).allowed);
    EXPECT_EQ(hits.size(), 5U);
}

TEST(WindowTest, LetsTheSendAtExactlyOneWindowThroughAndNotOneMillisecondBefore)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 5; ++i) take(hits, kLimit, kStart);

    EXPECT_FALSE(take(hits, kLimit, kStart + milliseconds{59'999}).allowed);
    EXPECT_TRUE(take(hits, kLimit, kStart + seconds{60}).allowed);
}

TEST(WindowTest, TakesNothingForARefusedEvent)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 5; ++i) take(hits, kLimit, kStart);
    for (int i = 0; i < 100; ++i) take(hits, kLimit, kStart + seconds{30});

    EXPECT_TRUE(take(hits, kLimit, kStart + seconds{60}).allowed);
}

TEST(WindowTest, SaysHowLongToWaitAndIsRight)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 5; ++i) take(hits, kLimit, kStart + seconds{10 * i});
    const auto now = kStart + seconds{45};

    const auto refused = take(hits, kLimit, now);

    ASSERT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after, seconds{15});
    EXPECT_FALSE(take(hits, kLimit, now + refused.retry_after - milliseconds{1}).allowed);
    EXPECT_TRUE(take(hits, kLimit, now + refused.retry_after).allowed);
}

TEST(WindowTest, TellsTheWaitAlreadyWithTheLastOneLetThrough)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 4; ++i) EXPECT_EQ(take(hits, kLimit, kStart).retry_after, seconds{0});

    EXPECT_EQ(take(hits, kLimit, kStart + seconds{20}).retry_after, seconds{40});
}

// Property: over random send times no interval of one window anywhere holds more than the limit, and
// a refusal always has a full window behind it (a limiter that refuses everything fails here).
TEST(WindowTest, HoldsInEveryIntervalWhateverTheTimes)
{
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        std::exponential_distribution<double> gap{1.0 / (500.0 + seed * 100.0)};
        std::vector<TimePoint> hits;
        std::vector<TimePoint> allowed;
        auto now = kStart;
        for (int i = 0; i < 500; ++i) {
            now += milliseconds{static_cast<int>(gap(random))};
            const bool was_allowed = take(hits, kLimit, now).allowed;
            const auto in_window = std::count_if(allowed.begin(), allowed.end(), [&](TimePoint at) {
                return at > now - kLimit.window;
            });
            ASSERT_EQ(was_allowed, in_window < kLimit.count) << "seed " << seed << " event " << i;
            if (was_allowed) allowed.push_back(now);
        }
        for (std::size_t i = 0; i + 5 < allowed.size(); ++i) {
            ASSERT_GE(allowed[i + 5] - allowed[i], kLimit.window) << "seed " << seed;
        }
    }
}

TEST(WindowTest, StaysExactWhenTheClockIsSetBack)
{
    std::vector<TimePoint> hits;
    take(hits, kLimit, kStart + seconds{30});
    for (int i = 0; i < 4; ++i) take(hits, kLimit, kStart);

    EXPECT_FALSE(take(hits, kLimit, kStart).allowed);
    EXPECT_TRUE(std::is_sorted(hits.begin(), hits.end()));
}

TEST(WindowTest, RefusesWithDetailsInWholeSecondsRoundedUp)
{
    std::vector<TimePoint> hits;
    for (int i = 0; i < 5; ++i) take(hits, kLimit, kStart);

    const auto error = refusal(take(hits, kLimit, kStart + milliseconds{100}), kLimit);

    EXPECT_EQ(error.code, ErrorCode::RateLimited);
    EXPECT_EQ(error.retry_after, seconds{60});
    const std::vector<std::pair<std::string, DetailValue>> expected{
        {"limit", std::int64_t{5}},
        {"window_seconds", std::int64_t{60}},
        {"retry_after_seconds", std::int64_t{60}},
        {"scope", std::string{"test"}}};
    EXPECT_EQ(error.details, expected);
}

}  // namespace
}  // namespace accessd::limits
