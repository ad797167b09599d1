#include "face/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

namespace accessd::face {
namespace {

/// Two numbers and their angle: what is between two embeddings is what the test says it is.
class ComparisonTest : public testing::Test {
protected:
    ComparisonTest()
    {
        Embedder embedder;
        embedder.dimension = 2;
        models_.embedders = {embedder};
        models_.calibration.model = "toy-1";
        models_.calibration.score_min = 0;
        models_.calibration.score_max = 1;
        models_.calibration.tables = {
            {1, {{1e-2, 0.5, 0.01}, {1e-3, 0.6, 0.05}, {1e-4, 0.7, 0.2}}},
            {3, {{1e-2, 0.6, 0.001}, {1e-3, 0.7, 0.01}, {1e-4, 0.8, 0.05}}}};
    }

    static Embedding at(double cosine)
    {
        return {"toy-1",
                {static_cast<float>(cosine), static_cast<float>(std::sqrt(1 - cosine * cosine))}};
    }

    Models models_;
    Embedding reference_{"toy-1", {1, 0}};
};

TEST_F(ComparisonTest, DecidesByTheRateThatIsAskedFor)
{
    const Comparison comparison{models_};

    EXPECT_EQ(comparison.compare(reference_, at(0.65), 1e-3).decision, Decision::Match);
    EXPECT_EQ(comparison.compare(reference_, at(0.65), 1e-4).decision, Decision::NoMatch);
    EXPECT_NEAR(comparison.compare(reference_, at(0.65), 1e-4).threshold, 0.7, 1e-9);
}

TEST_F(ComparisonTest, SaysWhichRateAScoreStandsFor)
{
    const Comparison comparison{models_};

    EXPECT_NEAR(comparison.compare(reference_, at(0.6), 1e-3).false_match_rate, 1e-3, 1e-6);
    EXPECT_NEAR(comparison.compare(reference_, at(0.65), 1e-3).false_match_rate, 3.16e-4, 1e-6);
    EXPECT_EQ(comparison.compare(reference_, at(0.99), 1e-3).false_match_rate, 1e-4)
        << "below what was measured nothing may be claimed";
    EXPECT_EQ(comparison.compare(reference_, at(-0.9), 1e-3).false_match_rate, 1);
}

TEST_F(ComparisonTest, AsksMoreOfTemplatesOfSeveralPictures)
{
    const Comparison comparison{models_};
    const auto three =
        comparison.make_template(std::vector{reference_, reference_, reference_}).value();
    const auto five =
        comparison
            .make_template(std::vector{reference_, reference_, reference_, reference_, reference_})
            .value();

    EXPECT_EQ(comparison.compare(three, at(0.65), 1e-3).decision, Decision::NoMatch);
    EXPECT_EQ(comparison.compare(five, at(0.65), 1e-3).decision, Decision::NoMatch);
    EXPECT_NEAR(comparison.expected_false_non_match(1e-3, 3).value(), 0.01, 1e-9);
    EXPECT_NEAR(comparison.expected_false_non_match(1e-3, 1).value(), 0.05, 1e-9);
    EXPECT_NEAR(comparison.expected_false_non_match(1e-3, 2).value(), 0.01, 1e-9)
        << "between two tables the stricter one decides";
}

TEST_F(ComparisonTest, KnowsNothingBeyondItsTableOrModel)
{
    const Comparison comparison{models_};
    auto foreign = at(1);
    foreign.model = "other-1";
    auto broken = at(1);
    broken.values[0] = std::numeric_limits<float>::quiet_NaN();

    EXPECT_EQ(comparison.compare(reference_, at(1), 1e-6).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(reference_, at(1), 0).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(reference_, at(1), -1).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(reference_, at(1), std::nan("")).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(reference_, foreign, 1e-3).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(foreign, foreign, 1e-3).decision, Decision::Unknown);
    EXPECT_EQ(comparison.compare(reference_, broken, 1e-3).decision, Decision::Unknown);
    EXPECT_FALSE(comparison.expected_false_non_match(1e-9, 1));
}

TEST_F(ComparisonTest, MakesTemplatesOfOneModelOnly)
{
    const Comparison comparison{models_};
    auto foreign = at(1);
    foreign.model = "other-1";
    Embedding longer{"toy-1", {1, 0, 0}};

    EXPECT_FALSE(comparison.make_template({}));
    EXPECT_FALSE(comparison.make_template(std::vector{reference_, foreign}));
    EXPECT_FALSE(comparison.make_template(std::vector{longer}));
    EXPECT_FALSE(comparison.make_template(std::vector(6, reference_)));
}

TEST_F(ComparisonTest, ForgetsTheOldestPictureOfAFullTemplate)
{
    const Comparison comparison{models_};
    const auto full = comparison.make_template(std::vector(5, reference_)).value();

    const auto grown = comparison.with(full, at(0)).value();

    ASSERT_EQ(grown.embeddings.size(), 5);
    EXPECT_EQ(grown.embeddings.back(), at(0).values);
    EXPECT_NEAR(std::hypot(grown.mean[0], grown.mean[1]), 1, 1e-6);
    EXPECT_GT(grown.mean[1], 0.1);
}

TEST_F(ComparisonTest, WeighsSeveralModels)
{
    models_.embedders[0].weight = 1;
    models_.embedders[0].impostor_mean = 0.5;
    models_.embedders[0].impostor_deviation = 0.1F;
    models_.embedders.push_back(models_.embedders[0]);
    models_.embedders[1].weight = 0.5;
    models_.embedders[1].impostor_mean = 0;
    models_.embedders[1].impostor_deviation = 0.2F;
    const Comparison comparison{models_};

    const std::vector<float> one{1, 0, 1, 0};
    const std::vector<float> other{0.6F, 0.8F, 0.8F, 0.6F};

    EXPECT_NEAR(comparison.raw_score(one, other), (0.6 - 0.5) / 0.1 + 0.5 * 0.8 / 0.2, 1e-5);
}

TEST_F(ComparisonTest, RanksForSearchesAsItScores)
{
    Embedder first, second;
    first.dimension = 3;
    second.dimension = 2;
    first.impostor_deviation = 0.1F;
    second.weight = 0.5F;
    second.impostor_deviation = 0.25F;
    models_.embedders = {first, second};
    const Comparison comparison{models_};
    std::mt19937 random{1};
    std::normal_distribution<float> around;
    const auto made_up = [&] {
        Embedding embedding{"toy-1", std::vector<float>(5)};
        for (auto& number : embedding.values) number = around(random);
        return embedding;
    };
    const auto probe = made_up();
    const auto weighed = comparison.for_search(probe.values);
    ASSERT_EQ(weighed.size(), 5U);

    std::optional<double>
        apart;  // The same for all, as only what is subtracted from each is left out.
    for (int i = 0; i < 50; ++i) {
        const auto mean = comparison.make_template(std::vector{made_up()})->mean;
        const double product = std::inner_product(mean.begin(), mean.end(), weighed.begin(), 0.0);
        const double difference = comparison.raw_score(mean, probe.values) - product;
        if (!apart) apart = difference;
        EXPECT_NEAR(difference, *apart, 1e-4);
    }
    EXPECT_TRUE(comparison.for_search(std::vector<float>(4)).empty());
}

}  // namespace
}  // namespace accessd::face
