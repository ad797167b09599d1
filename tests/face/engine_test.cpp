#include "face/comparison.h"
#include "face/engine.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

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

/// Measured as a frame of a challenge, which every pose may be in.
Measures measured(const Picture& picture)
{
    auto found = analysed(picture, {.purpose = Purpose::Frame, .mesh = true, .embedding = false});
    if (!found.measures) throw std::runtime_error("no face");
    return *std::move(found.measures);
}

TEST(Pose, IsLevelForPeopleWhoLookIntoTheCamera)
{
    // By photograph and place from the left: those who hold their heads straight at the camera.
    constexpr std::array<std::pair<int, std::size_t>, 4> kStraight{
        {{1, 2}, {5, 0}, {6, 0}, {6, 3}}};
    float pitches = 0;
    for (const auto& [photograph, place] : kStraight) {
        const auto pose =
            measured(test::faces_of(test::group_photograph(photograph)).at(place)).pose;
        EXPECT_NEAR(pose.yaw, 0, 13) << photograph << ", " << place;
        EXPECT_NEAR(pose.pitch, 0, 10) << photograph << ", " << place;
        pitches += pose.pitch / kStraight.size();
    }
    EXPECT_NEAR(pitches, 0, 5)
        << "whoever looks straight ahead was once taken for looking down by 10 degrees";
}

TEST(Pose, IsThatOfRenderedTurns)
{
    std::mt19937 random{3};
    double yaw_off = 0;
    double pitch_off = 0;
    int turns = 0;
    for (const auto& [photograph, place] :
         std::vector<std::pair<int, std::size_t>>{{5, 0}, {6, 0}, {3, 0}}) {
        const auto picture = test::faces_of(test::group_photograph(photograph), 3).at(place);
        const auto straight = measured(picture);
        const test::RenderedHead head{picture, straight.mesh};
        for (const double angle : {-20.0, -10.0, 10.0, 20.0}) {
            const auto aside = measured(head.render({.yaw = angle}, random)).pose;
            const auto nodding = measured(head.render({.pitch = angle}, random)).pose;
            yaw_off += std::abs(aside.yaw - straight.pose.yaw - angle);
            pitch_off += std::abs(nodding.pitch - straight.pose.pitch - angle);
            EXPECT_NEAR(aside.yaw - straight.pose.yaw, angle, 7);
            EXPECT_NEAR(nodding.pitch - straight.pose.pitch, angle, 7);
            ++turns;
        }
    }
    std::cout << "read in rendered turns, mean difference: yaw " << yaw_off / turns << ", pitch "
              << pitch_off / turns << " degrees\n";
    EXPECT_LT(yaw_off / turns, 3);
    EXPECT_LT(pitch_off / turns, 3);
}

TEST(Pose, KeepsTurnedPeopleFromEnrolling)
{
    const auto picture = test::faces_of(test::group_photograph(5), 3).at(0);
    const auto straight = measured(picture);
    const test::RenderedHead head{picture, straight.mesh};
    std::mt19937 random{4};
    const auto issues = [&](const test::HeadPose& pose) {
        return analysed(head.render(pose, random), {.purpose = Purpose::Enrolment}).issues;
    };

    EXPECT_THAT(issues({.yaw = 12}), Not(Contains(Issue::FaceRotated)));
    EXPECT_THAT(issues({.yaw = 33}), Contains(Issue::FaceRotated));
    EXPECT_THAT(issues({.yaw = -33}), Contains(Issue::FaceRotated));
    EXPECT_THAT(issues({.pitch = 30}), Contains(Issue::FaceRotated));
    EXPECT_THAT(issues({.pitch = -25}), Contains(Issue::FaceRotated));
    EXPECT_THAT(issues({.roll = 45}), Contains(Issue::FaceRotated));
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
