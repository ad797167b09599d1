#include "delivery/circuit_breaker.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

namespace accessd::delivery {
namespace {

using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
protected:
    void fail(int times)
    {
        for (int i = 0; i < times; ++i) breaker_.failed("can't connect to the relay");
    }

    test::FakeClock clock_;
    CircuitBreaker breaker_{clock_};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow)
{
    fail(CircuitBreaker::kFailuresMax - 1);
    EXPECT_FALSE(breaker_.closed_until());
    EXPECT_FALSE(breaker_.health().is_failing);

    fail(1);

    EXPECT_EQ(breaker_.closed_until(), clock_.now() + CircuitBreaker::kFirstPause);
    EXPECT_TRUE(breaker_.health().is_failing);
}

TEST_F(CircuitBreakerTest, StaysClosedWhileSomeSucceed)
{
    for (int i = 0; i < 20; ++i) {
        fail(CircuitBreaker::kFailuresMax - 1);
        breaker_.succeeded();
    }
    EXPECT_FALSE(breaker_.closed_until());
}

TEST_F(CircuitBreakerTest, LetsOneProbeThrough)
{
    fail(CircuitBreaker::kFailuresMax);
    clock_.advance(CircuitBreaker::kFirstPause);

    EXPECT_FALSE(breaker_.peek()) << "looking takes no probe";
    EXPECT_FALSE(breaker_.closed_until());
    EXPECT_EQ(breaker_.closed_until(), clock_.now() + seconds{1}) << "one is under way";

    breaker_.succeeded();

    EXPECT_FALSE(breaker_.closed_until());
    EXPECT_FALSE(breaker_.closed_until());
    EXPECT_FALSE(breaker_.health().is_failing);
    EXPECT_EQ(breaker_.health().last_error, "can't connect to the relay");
}

TEST_F(CircuitBreakerTest, DoublesThePauseWithEachProbeThatFails)
{
    fail(CircuitBreaker::kFailuresMax);
    seconds pause = CircuitBreaker::kFirstPause;
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(breaker_.closed_until(), clock_.now() + pause);
        clock_.advance(pause);
        ASSERT_FALSE(breaker_.closed_until());
        fail(1);
        pause = std::min<seconds>(2 * pause, CircuitBreaker::kLongestPause);
    }
    clock_.advance(pause);
    ASSERT_FALSE(breaker_.closed_until());
    breaker_.succeeded();
    fail(CircuitBreaker::kFailuresMax);
    EXPECT_EQ(breaker_.closed_until(), clock_.now() + CircuitBreaker::kFirstPause);
}

TEST_F(CircuitBreakerTest, IgnoresMailsThatWereUnderWayWhenItOpened)
{
    fail(CircuitBreaker::kFailuresMax);
    const auto until = breaker_.closed_until();
    clock_.advance(seconds{3});

    fail(4);

    EXPECT_EQ(breaker_.closed_until(), until);
}

TEST_F(CircuitBreakerTest, GivesALostProbeUp)
{
    fail(CircuitBreaker::kFailuresMax);
    clock_.advance(CircuitBreaker::kFirstPause);
    ASSERT_FALSE(breaker_.closed_until());

    clock_.advance(CircuitBreaker::kProbeLife);

    EXPECT_FALSE(breaker_.closed_until());
}

TEST_F(CircuitBreakerTest, SaysSinceWhen)
{
    fail(1);
    const auto first = clock_.now();
    clock_.advance(seconds{7});
    fail(CircuitBreaker::kFailuresMax - 1);

    const auto health = breaker_.health();

    EXPECT_EQ(health.since, first);
    EXPECT_EQ(health.last_error_at, clock_.now());
}

}  // namespace
}  // namespace accessd::delivery
