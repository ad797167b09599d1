#include "admin/totp.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

#include <chrono>

namespace accessd::admin::totp {
namespace {

const Secret kSecret{"12345678901234567890"};

TimePoint at(std::int64_t seconds) { return TimePoint{std::chrono::seconds{seconds}}; }

struct Vector {
    std::int64_t seconds;
    std::string_view otp;  ///< The last six of the eight digits there.
};

/// RFC 6238, appendix B.
constexpr Vector kVectors[] = {{59, "287082"},         {1111111109, "081804"},
                               {1111111111, "050471"}, {1234567890, "005924"},
                               {2000000000, "279037"}, {20000000000, "353130"}};

TEST(TotpTest, ReadsTheCodesOfTheStandard)
{
    for (const auto& vector : kVectors) {
        const auto step = find_step(kSecret, vector.otp, at(vector.seconds));
        ASSERT_TRUE(step) << vector.otp;
        EXPECT_EQ(*step, vector.seconds / 30);
    }
}

TEST(TotpTest, TakesTheStepsBesideNowAndNoOthers)
{
    constexpr std::int64_t now = 1111111111;
    for (const auto steps : {-1, 0, 1}) {
        EXPECT_EQ(find_step(kSecret, "050471", at(now - steps * 30)), now / 30) << steps;
    }
    for (const auto steps : {-2, 2}) {
        EXPECT_FALSE(find_step(kSecret, "050471", at(now - steps * 30))) << steps;
    }
}

TEST(TotpTest, RefusesWhatIsNoCode)
{
    for (const auto* text : {"", "05047", "0504711", "94050471", "050 471", "O50471", "+50471"}) {
        EXPECT_FALSE(find_step(kSecret, text, at(1111111111))) << text;
    }
    EXPECT_FALSE(find_step(Secret{"12345678901234567891"}, "050471", at(1111111111)));
}

TEST(TotpTest, WritesAnAddressThatAppsRead)
{
    EXPECT_EQ(address_of(kSecret, "accessd (a.example)", "eva+x@example.com"),
              "otpauth://totp/accessd%20%28a.example%29:eva%2Bx%40example.com"
              "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=accessd%20%28a.example%29");
}

TEST(TotpTest, MakesSecretsOf160Bits)
{
    test::FakeRandom random;
    const auto first = new_secret(random);

    EXPECT_EQ(first.reveal().size(), 20U);
    EXPECT_NE(first.reveal(), new_secret(random).reveal());
}

}  // namespace
}  // namespace accessd::admin::totp
