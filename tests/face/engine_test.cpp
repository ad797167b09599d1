#include "face/comparison.h"
#include "face/engine.h"
#include "support/face_models.h"

#include <gmock/gmock.h>

#include <thread>

namespace accessd::face {
namespace {

using testing::Contains;
using testing::Not;

Analysis analysed(const Picture& picture, const Wanted& wanted = {})
{
    auto found = test::engine().analyse(picture, wanted);
    if (!found) throw std::runtime_error(found.error().detail);
    return *std::move(found);
}

/// The middle person of the third photograph looks into the camera. She is the right one of the first, too.
Picture woman() { return test::faces_of(test::group_photograph(3)).at(1); }
Picture same_woman() { return test::faces_of(test::group_photograph(1)).at(2); }
Picture somebody_else() { return test::faces_of(test::group_photograph(6)).at(1); }

TEST(Engine, CountsTheFacesOfGroupPhotographs)
{
    const std::array<std::size_t, 6> expected{3, 3, 3, 4, 5, 4};
    for (int i = 0; i < 6; ++i) {
        const auto found = analysed(test::group_photograph(i + 1),
                                    {.purpose = Purpose::Detect, .embedding = false});
        EXPECT_EQ(found.faces.size(), expected.at(static_cast<std::size_t>(i)))
            << "sample" << i + 1;
        EXPECT_TRUE(found.issues.empty());
    }
}

TEST(Engine, TakesAPortraitForEnrolment)
{
    const auto found = analysed(woman(), {.purpose = Purpose::Enrolment});

    EXPECT_TRUE(found.issues.empty()) << to_text(found.issues.front());
    ASSERT_TRUE(found.embedding);
    EXPECT_EQ(found.embedding->values.size(), 128);
    EXPECT_FALSE(found.passive)
        << "no presentation-attack model is installed, so nothing may be claimed";
}

TEST(Engine, KnowsOnePersonOnTwoPhotographs)
{
    const auto models = test::installed_models();
    const Comparison comparison{models};
    const auto enrolled = analysed(woman());
    const auto again = analysed(same_woman());
    const auto other = analysed(somebody_else());

    EXPECT_EQ(comparison.compare(*enrolled.embedding, *again.embedding, 1e-3).decision,
              Decision::Match);
    EXPECT_EQ(comparison.compare(*enrolled.embedding, *other.embedding, 1e-3).decision,
              Decision::NoMatch);
}

TEST(Engine, KnowsPeopleThroughWhatCamerasDo)
{
    const auto models = test::installed_models();
    const Comparison comparison{models};
    std::mt19937 random{7};
    const auto picture = woman();
    const auto enrolled = analysed(picture);
    const std::vector<std::pair<const char*, Picture>> probes{
        {"smaller", test::resized(picture, 0.6)},
        {"larger", test::resized(picture, 1.5)},
        {"darker", test::changed(picture, [](double v) { return v * 0.7; })},
        {"brighter", test::changed(picture, [](double v) { return v * 1.2 + 5; })},
        {"recompressed", test::recompressed(picture, 40)},
        {"noisy", test::noisy(picture, 6, random)},
    };
    for (const auto& [name, probe] : probes) {
        const auto found = analysed(probe);
        ASSERT_TRUE(found.embedding) << name;
        EXPECT_TRUE(found.issues.empty()) << name << ": " << to_text(found.issues.front());
        EXPECT_EQ(comparison.compare(*enrolled.embedding, *found.embedding, 1e-4).decision,
                  Decision::Match)
            << name;
    }
}

TEST(Engine, TellsEverybodyOnThePhotographsApart)
{
    const auto models = test::installed_models();
    const Comparison comparison{models};
    std::vector<Embedding> people;
    for (const int photograph : {3, 5, 6}) {
        for (const auto& face : test::faces_of(test::group_photograph(photograph))) {
            people.push_back(*analysed(face).embedding);
        }
    }
    ASSERT_EQ(people.size(), 12);
    int matches = 0;
    for (std::size_t i = 0; i < people.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            matches += comparison.compare(people[i], people[j], 1e-4).decision == Decision::Match;
        }
    }
    // To this model, two women on the third photograph look like one. docs/biometrics.md says so.
    EXPECT_LE(matches, 1) << "of 66 pairs of different people";
}

TEST(Engine, SaysWhatToChange)
{
    const auto picture = woman();
    Picture grey{320, 240, std::vector<std::uint8_t>(320 * 240 * 3, 128)};
    const std::vector<std::tuple<const char*, Picture, Issue>> cases{
        {"nothing", grey, Issue::NoFace},
        {"three people", test::group_photograph(3), Issue::MultipleFaces},
        {"far away", test::resized(picture, 0.35), Issue::FaceTooSmall},
        {"at night", test::changed(picture, [](double v) { return v * 0.2; }), Issue::TooDark},
        {"in the sun", test::changed(picture, [](double v) { return v * 2.5 + 60; }),
         Issue::TooBright},
        {"out of focus", test::resized(test::resized(picture, 0.2), 5), Issue::TooBlurry},
    };
    for (const auto& [name, wrong, issue] : cases) {
        const auto found = analysed(wrong, {.purpose = Purpose::Enrolment});
        EXPECT_THAT(found.issues, Contains(issue)) << name;
        EXPECT_FALSE(hint(issue).empty());
    }
    EXPECT_THAT(analysed(picture, {.purpose = Purpose::Enrolment}).issues,
                Not(Contains(Issue::TooDark)));
}

TEST(Engine, TakesNoFaceThatTheBorderCutsOff)
{
    const auto picture = woman();
    // The face is the middle half of the picture; so much of it is gone.
    for (const double gone : {0.25, 0.4, 0.5}) {
        const auto left = static_cast<int>(picture.width * (0.25 + gone / 2));
        const auto found = analysed(test::cut(picture, left, 0, picture.width, picture.height));
        EXPECT_FALSE(found.issues.empty()) << gone;
    }
}

TEST(Engine, FindsThePersonInFrontOfOthers)
{
    // The same photograph, seen so that the middle person is much larger than the others' halves.
    const auto face = test::faces_of(test::group_photograph(6), 3).at(0);

    EXPECT_FALSE(analysed(face, {.purpose = Purpose::Login}).faces.empty());
    EXPECT_THAT(analysed(face, {.purpose = Purpose::Login}).issues, Not(Contains(Issue::NoFace)));
}

TEST(Engine, RefusesAPictureThatIsNotWhole)
{
    const Picture torn{100, 100, std::vector<std::uint8_t>(100 * 99 * 3)};
    const Picture huge{5000, 5000, std::vector<std::uint8_t>(5000UL * 5000 * 3)};

    EXPECT_EQ(test::engine().analyse(torn, {}).error().code, ErrorCode::InvalidRequest);
    EXPECT_EQ(test::engine().analyse({}, {}).error().code, ErrorCode::InvalidRequest);
    EXPECT_EQ(test::engine().analyse(huge, {}).error().code, ErrorCode::InvalidRequest);
}

TEST(Engine, GivesThreadsTheSameAnswers)
{
    const auto picture = woman();
    const auto alone = analysed(picture);
    std::vector<Analysis> found(4);
    {
        std::vector<std::jthread> threads;
        for (auto& answer : found) threads.emplace_back([&] { answer = analysed(picture); });
    }
    for (const auto& answer : found) EXPECT_EQ(answer.embedding->values, alone.embedding->values);
}

}  // namespace
}  // namespace accessd::face
