#include "face/accuracy.h"

#include <gtest/gtest.h>

namespace accessd::face {
namespace {

/// Impostors at 1 ... 1000, people themselves at 901, 911 ... 1391.
std::vector<ScoredPair> known_pairs()
{
    std::vector<ScoredPair> pairs;
    for (int i = 1; i <= 1000; ++i) {
        pairs.push_back({static_cast<double>(i), false, i % 2 == 0 ? "even" : "odd"});
    }
    for (int i = 0; i < 50; ++i) pairs.push_back({901.0 + 10 * i, true, "even"});
    return pairs;
}

TEST(Accuracy, CountsWhatAThresholdDoes)
{
    const auto accuracy = accuracy_of(known_pairs());

    ASSERT_EQ(accuracy.rows.size(), 2) << "1,000 pairs say nothing about 1e-4";
    EXPECT_NEAR(accuracy.rows[0].threshold, 990, 1e-6) << "991 to 1000 pass: ten of 1,000";
    EXPECT_NEAR(accuracy.rows[0].false_matches.value, 1e-2, 1e-9);
    EXPECT_NEAR(accuracy.rows[0].false_non_matches.value, 9 / 50.0, 1e-9);
    EXPECT_NEAR(accuracy.rows[1].false_matches.value, 1e-3, 1e-9);
    EXPECT_NEAR(accuracy.rows[1].false_non_matches.value, 10 / 50.0, 1e-9);
    EXPECT_NEAR(accuracy.equal_error, 0.08, 0.011);
}

TEST(Accuracy, SaysHowSureItIs)
{
    EXPECT_NEAR(share_of(0, 100).high, 0.037, 0.001);
    EXPECT_EQ(share_of(0, 100).low, 0);
    EXPECT_NEAR(share_of(50, 100).low, 0.404, 0.001);
    EXPECT_EQ(share_of(0, 0).high, 1) << "no pairs, no knowledge";
}

TEST(Accuracy, IsToldByGroup)
{
    const auto groups = by_group(known_pairs());

    ASSERT_EQ(groups.size(), 2);
    EXPECT_EQ(groups[0].first, "even");
    EXPECT_EQ(groups[0].second.size(), 550);
    EXPECT_EQ(accuracy_of(groups[1].second).genuine, 0);
}

TEST(Accuracy, MakesATableOnlyOfWhatThePairsSupport)
{
    auto pairs = known_pairs();
    const auto tables = tables_of(accuracy_of(pairs));
    pairs.resize(120);

    ASSERT_EQ(tables.size(), 1);
    EXPECT_EQ(tables[0].points.size(), 2);
    EXPECT_TRUE(tables_of(accuracy_of(pairs)).empty());
}

}  // namespace
}  // namespace accessd::face
