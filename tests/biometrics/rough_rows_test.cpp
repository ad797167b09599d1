#include "biometrics/rough_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace accessd::test {
namespace {

using biometrics::RoughRows;
using Row = std::vector<float>;

Row unit_row(std::mt19937& random, std::size_t dimension)
{
    std::normal_distribution<float> around{0, 1};
    Row row(dimension);
    for (auto& number : row) number = around(random);
    const float length = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0F));
    for (auto& number : row) number /= length;
    return row;
}

/// What largest() must hold: computed from the numbers themselves.
std::vector<std::uint32_t> truly_largest(const std::vector<Row>& rows, const Row& probe,
                                         std::size_t count)
{
    std::vector<std::pair<double, std::uint32_t>> scored;
    for (std::uint32_t place = 0; place < rows.size(); ++place) {
        scored.emplace_back(
            std::inner_product(probe.begin(), probe.end(), rows[place].begin(), 0.0), place);
    }
    std::sort(scored.rbegin(), scored.rend());
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < count; ++i) places.push_back(scored[i].second);
    std::sort(places.begin(), places.end());
    return places;
}

RoughRows rough(const std::vector<Row>& rows)
{
    RoughRows made;
    made.clear(rows.front().size());
    for (const auto& row : rows) made.push_back(row);
    return made;
}

class RoughRowsTest : public testing::TestWithParam<std::size_t> {};

TEST_P(RoughRowsTest, HoldTheLargestAndLeaveMostOut)
{
    std::mt19937 random{11};
    std::vector<Row> rows;
    for (int i = 0; i < 1500; ++i) rows.push_back(unit_row(random, GetParam()));
    const auto made = rough(rows);

    for (int i = 0; i < 15; ++i) {
        const auto probe = unit_row(random, GetParam());
        const auto found = made.largest(probe, 20);
        const auto wanted = truly_largest(rows, probe, 20);
        EXPECT_TRUE(std::includes(found.begin(), found.end(), wanted.begin(), wanted.end()));
        EXPECT_LT(found.size(), 500U);
    }
}

// 100 isn't a whole number of steps.
INSTANTIATE_TEST_SUITE_P(Dimensions, RoughRowsTest, testing::Values(16, 100, 128, 512),
                         [](const auto& made) { return std::to_string(made.param); });

TEST(RoughRows, TellApartNothingThatRoundingHides)
{
    std::mt19937 random{12};
    const auto probe = unit_row(random, 128);
    std::vector<Row> rows(300, probe);
    std::uniform_real_distribution<float> little{-1e-4F, 1e-4F};
    for (auto& row : rows) {
        for (auto& number : row) number += little(random);
    }

    const auto found = rough(rows).largest(probe, 5);

    const auto wanted = truly_largest(rows, probe, 5);
    EXPECT_TRUE(std::includes(found.begin(), found.end(), wanted.begin(), wanted.end()));
}

TEST(RoughRows, AreReplacedAndRemoved)
{
    std::mt19937 random{13};
    std::vector<Row> rows;
    for (int i = 0; i < 500; ++i) rows.push_back(unit_row(random, 128));
    auto made = rough(rows);
    const auto probe = unit_row(random, 128);
    rows[3] = probe;
    made.replace(3, probe);
    EXPECT_EQ(made.largest(probe, 1), std::vector{3U});

    made.remove_at(3);

    EXPECT_EQ(made.size(), 499U);
    rows[3] = rows.back();
    rows.pop_back();
    const auto found = made.largest(probe, 5);
    const auto wanted = truly_largest(rows, probe, 5);
    EXPECT_TRUE(std::includes(found.begin(), found.end(), wanted.begin(), wanted.end()));
    for (const auto place : found) EXPECT_LT(place, 499U);
}

TEST(RoughRows, OfExtremesAreRight)
{
    RoughRows made;
    made.clear(3);
    made.push_back(Row{0, 0, 0});
    made.push_back(Row{1000, -1000, 0});
    made.push_back(Row{1e-6F, 1e-6F, 1e-6F});

    EXPECT_EQ(made.largest(Row{1, -1, 0}, 3), (std::vector{0U, 1U, 2U})) << "there are no more";
    const auto best = made.largest(Row{1, -1, 0}, 1);
    EXPECT_NE(std::find(best.begin(), best.end(), 1U), best.end());
}

}  // namespace
}  // namespace accessd::test
