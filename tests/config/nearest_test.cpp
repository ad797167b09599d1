#include "config/nearest.h"

#include <gtest/gtest.h>

namespace accessd::config {
namespace {

const std::vector<std::string> kWords{"port", "public_url", "body_timeout_seconds", "docs"};

TEST(NearestTest, ForgivesALetterWrongMissingAddedOrSwapped)
{
    for (const auto* word : {"port", "part", "pot", "porrt", "prot", "opRt"}) {
        EXPECT_EQ(nearest(word, kWords), "port") << word;
    }
}

TEST(NearestTest, ForgivesHyphensCapitalsAndAForgottenUnit)
{
    EXPECT_EQ(nearest("Public-URL", kWords), "public_url");
    EXPECT_EQ(nearest("body_timeout", kWords), "body_timeout_seconds");
}

TEST(NearestTest, TakesTheClosestOfSeveral)
{
    EXPECT_EQ(nearest("dorts", {"docs", "ports"}), "ports");
}

TEST(NearestTest, FindsNothingForAnotherWord)
{
    for (const auto* word : {"", "qqqq", "p", "portals_and_more"}) {
        EXPECT_EQ(nearest(word, kWords), std::nullopt) << word;
    }
    EXPECT_EQ(nearest(std::string(100'000, 'p'), kWords), std::nullopt);
    EXPECT_EQ(nearest("port", {}), std::nullopt);
}

}  // namespace
}  // namespace accessd::config
