#include "webhooks/signature.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

namespace accessd::webhooks {
namespace {

/// Source: the published vector of the specification's reference libraries.
TEST(WebhookSignature, IsThatOfTheSpecification)
{
    const Secret secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    const auto at = from_unix_millis(1614265330 * 1000LL + 999);

    EXPECT_EQ(sign({secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, HoldsOneForEachSecret)
{
    test::FakeRandom random;
    const auto first = make_webhook_secret(random);
    const auto second = make_webhook_secret(random);
    const TimePoint at{};

    EXPECT_EQ(sign({first, second}, "evt_1", at, "{}"),
              sign({first}, "evt_1", at, "{}") + " " + sign({second}, "evt_1", at, "{}"));
    EXPECT_NE(sign({first}, "evt_1", at, "{}"), sign({second}, "evt_1", at, "{}"));
}

TEST(WebhookSignature, CoversIdTimeAndBody)
{
    test::FakeRandom random;
    const std::vector secrets{make_webhook_secret(random)};
    const TimePoint at{std::chrono::seconds{100}};
    const auto signature = sign(secrets, "evt_1", at, "{}");

    EXPECT_NE(sign(secrets, "evt_2", at, "{}"), signature);
    EXPECT_NE(sign(secrets, "evt_1", at + std::chrono::seconds{1}, "{}"), signature);
    EXPECT_NE(sign(secrets, "evt_1", at, "{} "), signature);
}

TEST(WebhookSecret, HasThirtyTwoBytesBehindItsPrefix)
{
    test::FakeRandom random;
    const auto secret = make_webhook_secret(random);

    EXPECT_TRUE(secret.reveal().starts_with("whsec_"));
    EXPECT_EQ(secret.reveal().size(), 6U + 44U);
    EXPECT_NE(make_webhook_secret(random).reveal(), secret.reveal());
}

}  // namespace
}  // namespace accessd::webhooks
