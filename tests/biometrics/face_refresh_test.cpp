#include "biometrics/face_refresh.h"

#include "face_fixture.h"

namespace accessd::test {
namespace {

using projects::Method;

/// Ana enrolled one picture. A login needs 0.7 (45.6 degrees from it at most), a refresh 0.8 (36.9), and where a
/// refresh helps 0.6 (53.1): 1e-4, 1e-5 and 1e-3 of the fake's table.
class FaceRefreshTest : public FaceTest {
protected:
    FaceRefreshTest()
    {
        limits_.face_failures_before_wait = limits_.face_failures_before_lock = 0;
        make_parts(false);
        change_flow([](projects::Flow& flow) { flow.biometric.refresh_faces = true; });
        enrolled("ana", "ana@0/0");
        pass_day();
    }

    void pass_day() { clock_.advance(biometrics::kRefreshEvery); }

    std::string picture(int degrees)
    {
        return "ana@" + std::to_string(degrees) + "/" + std::to_string(++shown_);
    }
    std::vector<std::string> frames(int degrees)
    {
        return {picture(degrees), picture(degrees), picture(degrees)};
    }

    /// With a challenge that is performed.
    bool logs_in(int degrees)
    {
        pass_time();
        const auto id = started("ana");
        return verify(id, picture(degrees)) && perform(id, frames(degrees));
    }

    bool is_refreshed() { return faces_of("ana").at(0).refreshed_at.has_value(); }

    int shown_ = 0;
};

TEST_F(FaceRefreshTest, ComparesWithASureLiveLoginsPictureFromThenOn)
{
    EXPECT_FALSE(logs_in(50));
    const auto before = faces_of("ana").at(0);

    ASSERT_TRUE(logs_in(30));

    EXPECT_EQ(event_names().back(), "face.refreshed");
    const auto after = faces_of("ana").at(0);
    EXPECT_EQ(after.refreshed_at, clock_.now());
    EXPECT_EQ(after.sealed_template, before.sealed_template);
    EXPECT_EQ(after.consent_id, before.consent_id);
    EXPECT_EQ(after.created_at, before.created_at);
    EXPECT_EQ(after.pictures, 1);
    EXPECT_TRUE(logs_in(50));
}

TEST_F(FaceRefreshTest, IsOffUntilItIsSwitchedOnAndWhereItIsSwitchedOffAgain)
{
    const auto put = [&](bool on) {
        change_flow([&](projects::Flow& flow) { flow.biometric.refresh_faces = on; });
    };
    EXPECT_FALSE(projects::BiometricMethod{}.refresh_faces);
    put(false);
    ASSERT_TRUE(logs_in(30));
    EXPECT_FALSE(is_refreshed());

    put(true);
    ASSERT_TRUE(logs_in(30));
    put(false);

    EXPECT_FALSE(logs_in(50)) << "what was kept counts no more";
}

TEST_F(FaceRefreshTest, TakesNothingFromALoginThatIsMerelySureEnough)
{
    ASSERT_TRUE(logs_in(42));
    EXPECT_FALSE(is_refreshed());
}

TEST_F(FaceRefreshTest, TakesNothingWithoutAChallengeThatEndsTheLogin)
{
    const auto single = started("ana");
    ASSERT_TRUE(verify(single, picture(5)));
    ASSERT_TRUE(show(single, picture(5)));
    EXPECT_FALSE(is_refreshed()) << "one picture shows nobody alive";

    pass_time();
    const auto reversed = started("ana");
    ASSERT_TRUE(perform(reversed, frames(5)));
    ASSERT_TRUE(verify(reversed, picture(5)));
    EXPECT_FALSE(is_refreshed()) << "the picture that ended it was shown by nobody alive";

    change_flow([](projects::Flow& flow) {
        flow.policy = {projects::Policy::Kind::All, {Method::Email, Method::Biometric}};
    });
    ASSERT_TRUE(logs_in(5));
    EXPECT_FALSE(is_refreshed()) << "another method is still to come";

    change_flow([](projects::Flow& flow) {
        flow.policy = {projects::Policy::Kind::Any, {Method::Email, Method::Biometric}};
        flow.biometric.liveness_required = false;
    });
    pass_time();
    ASSERT_TRUE(verify(started("ana"), picture(5)));
    EXPECT_FALSE(is_refreshed());
    EXPECT_EQ(count_of("face.refreshed"), 0);
}

TEST_F(FaceRefreshTest, TakesNoPictureThatCouldNotBeEnrolled)
{
    const auto id = started("ana");
    ASSERT_TRUE(verify(id, picture(5)));
    auto shown = frames(5);
    shown.front() += "?";

    EXPECT_TRUE(perform(id, shown)) << "the login is as good as any";
    EXPECT_FALSE(is_refreshed());
}

TEST_F(FaceRefreshTest, TakesOnePictureADayAtMost)
{
    ASSERT_TRUE(logs_in(30));
    ASSERT_TRUE(logs_in(10));
    EXPECT_EQ(count_of("face.refreshed"), 1);

    pass_day();
    ASSERT_TRUE(logs_in(10));
    EXPECT_EQ(count_of("face.refreshed"), 2);
    EXPECT_FALSE(logs_in(52)) << "the one before is gone";
}

TEST_F(FaceRefreshTest, AsksTheEnrolledPicturesAloneWhatMayTakeTheirSide)
{
    ASSERT_TRUE(logs_in(34));
    pass_day();
    ASSERT_TRUE(logs_in(44)) << "27 degrees from all pictures together";
    EXPECT_EQ(count_of("face.refreshed"), 1);
}

/// Somebody who is let in once comes back day after day, each time as far from the enrolled face as is accepted.
TEST_F(FaceRefreshTest, IsNotWalkedToAnotherFaceHoweverManyLoginsComeNearly)
{
    int farthest = 0;
    for (int day = 0; day < 10; ++day) {
        for (int degrees = 75; degrees > 0; degrees -= 3) {
            if (!logs_in(degrees)) continue;
            farthest = std::max(farthest, degrees);
            if (degrees < 37) break;  // The first of the day that may refresh.
        }
        pass_day();
    }

    EXPECT_EQ(count_of("face.refreshed"), 10);
    EXPECT_LT(farthest, 54) << "ten times the rate asked for, of the enrolled picture alone";
}

TEST_F(FaceRefreshTest, AddsNoFaceForYearsToWhichOnlyARefreshIsNear)
{
    ASSERT_TRUE(logs_in(34));
    ASSERT_TRUE(logs_in(50));
    pass_time();

    EXPECT_EQ(enrol("ana", {picture(50)}).error().code, ErrorCode::FaceAlreadyRegistered);
}

TEST_F(FaceRefreshTest, OpensOnlyAsWhatItIs)
{
    ASSERT_TRUE(logs_in(30));
    const auto face = faces_of("ana").at(0);
    const auto person = stores_->biometrics().find_person(project_id_, "ana").value();
    const auto key = vault_->open(*person.key).value();

    EXPECT_TRUE(vault_->open_refresh(face.sealed_refresh, key, face.id));
    EXPECT_FALSE(vault_->open_template(face.sealed_refresh, key, face.id));
    EXPECT_FALSE(vault_->open_refresh(face.sealed_template, key, face.id));
}

}  // namespace
}  // namespace accessd::test
