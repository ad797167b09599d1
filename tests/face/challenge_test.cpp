#include "face/challenge.h"

#include "face/depth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace accessd::face {
namespace {

TEST(Challenge, IsThreeDifferentPromptsWithATurnAmongThem)
{
    SystemRandom random;
    std::map<std::string, int> orders;
    constexpr int kDraws = 9600;
    for (int i = 0; i < kDraws; ++i) {
        const auto challenge = random_challenge(random);
        auto sorted = challenge.prompts;
        std::sort(sorted.begin(), sorted.end());
        ASSERT_EQ(sorted.size(), 3);
        ASSERT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
        ASSERT_LE(sorted.front(), Prompt::TurnRight);
        ++orders[to_text(challenge)];
    }
    // 120 orders of three out of six, without the 24 that have no turn.
    EXPECT_EQ(orders.size(), 96);
    for (const auto& [order, count] : orders) {
        EXPECT_NEAR(count, kDraws / 96, 60) << order;
    }
}

TEST(Challenge, SurvivesBeingWrittenDown)
{
    SystemRandom random;
    const auto challenge = random_challenge(random);

    EXPECT_EQ(parse_challenge(to_text(challenge)).value(), challenge);
    EXPECT_FALSE(parse_challenge("turn_left dance"));
    EXPECT_FALSE(parse_challenge(""));
}

TEST(Homography, BringsPointsToWhereAPlaneMovesThem)
{
    const Homography moved{0.9, 0.1, 20, -0.05, 1.1, 5, 0.0004, -0.0002, 1};
    std::vector<Point> from;
    std::vector<Point> to;
    for (const float x : {10.F, 200.F, 340.F}) {
        for (const float y : {5.F, 120.F, 260.F}) {
            from.push_back({x, y});
            to.push_back(apply(moved, {x, y}));
        }
    }

    const auto found = fit_homography(from, to);

    ASSERT_TRUE(found);
    const auto p = apply(*found, {77, 88});
    const auto expected = apply(moved, {77, 88});
    EXPECT_NEAR(p.x, expected.x, 0.01);
    EXPECT_NEAR(p.y, expected.y, 0.01);
}

TEST(Homography, IsNotFoundForPointsOnALine)
{
    const std::vector<Point> line{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}};

    EXPECT_FALSE(fit_homography(line, line));
    EXPECT_FALSE(fit_homography({line.data(), 3}, {line.data(), 3}));
}

}  // namespace
}  // namespace accessd::face
