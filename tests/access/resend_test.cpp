#include "access/resend.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

namespace accessd::test {
namespace {

using access::decide_resend;
using access::Resend;
using namespace std::chrono_literals;

class ResendTest : public testing::Test {
protected:
    access::Validation pending(std::chrono::milliseconds left, int attempts_remaining)
    {
        access::Validation validation;
        validation.max_attempts = 3;
        validation.attempts_remaining = attempts_remaining;
        validation.expires_at = clock_.now() + left;
        return validation;
    }
    FakeClock clock_;
};

TEST_F(ResendTest, KeepsAnUntriedCodeWithMoreThanTwoMinutesLeft)
{
    EXPECT_EQ(decide_resend(pending(2min + 1ms, 3), clock_.now()), Resend::SameCode);
}

TEST_F(ResendTest, ReplacesACodeWithTwoMinutesLeft)
{
    EXPECT_EQ(decide_resend(pending(2min, 3), clock_.now()), Resend::NewCode);
}

TEST_F(ResendTest, ReplacesATriedCode)
{
    EXPECT_EQ(decide_resend(pending(9min, 2), clock_.now()), Resend::NewCode);
}

}  // namespace
}  // namespace accessd::test
