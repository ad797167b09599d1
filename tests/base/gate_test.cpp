#include "base/gate.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <thread>

namespace accessd {
namespace {

TEST(GateTest, LetsThroughWhenItWasOpenedBefore)
{
    Gate gate;
    gate.open();

    gate.wait();
}

// What was written before open() is seen after wait(): the thread sanitizer watches `value`.
TEST(GateTest, HoldsUntilAnotherThreadOpensIt)
{
    for (int round = 0; round < 2000; ++round) {
        Gate gate;
        std::latch start{2};
        int value = 0;
        std::jthread opener{[&] {
            start.arrive_and_wait();
            value = round + 1;
            gate.open();
        }};
        start.arrive_and_wait();
        gate.wait();
        ASSERT_EQ(value, round + 1);
    }
}

}  // namespace
}  // namespace accessd
