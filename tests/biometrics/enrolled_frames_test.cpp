#include "face_fixture.h"

namespace accessd::test {
namespace {

using biometrics::FaceStatus;
using Strings = std::vector<std::string>;

/// Ana enrols, and frames of her challenge are to join her face.
class EnrolledFramesTest : public FaceTest {
protected:
    biometrics::EnrolledFace enrolling(Strings pictures = {"ana/1"})
    {
        auto request = enrol_request("ana", std::move(pictures));
        request.takes_frames = true;
        auto done = enrolment_->enrol(request, all_).value();
        id_ = done.validation->validation.id;
        return done;
    }
    biometrics::FaceRecord face()
    {
        for (const auto& face : faces_of("ana")) {
            if (face.validation_id == id_) return face;
        }
        throw std::runtime_error{"no face of this validation"};
    }
    bool matches_later(const std::string& picture)
    {
        pass_time();
        return verify(started("ana"), picture).has_value();
    }

    std::string id_;
};

TEST_F(EnrolledFramesTest, JoinThePicturesOfTheFaceThatTheirValidationEnrols)
{
    enrolling();
    ASSERT_TRUE(verify(id_, "ana/2"));

    const auto live = perform(id_, {"ana/31", "ana/32", "ana/333"}).value();

    EXPECT_EQ(live.frames_enrolled, 3);
    EXPECT_EQ(live.validation.validation.status, access::ValidationStatus::Validated);
    EXPECT_EQ(face().status, FaceStatus::Active);
    EXPECT_EQ(face().pictures, 4);
    EXPECT_EQ(face().frames, 3);
    EXPECT_TRUE(matches_later("ana/4444"));
    EXPECT_EQ(perform(started("ana"), {"ana/31"}).error().code, ErrorCode::ImageReplayed);
}

TEST_F(EnrolledFramesTest, AreComparedWithFromThenOn)
{
    enrolling({"ana@0/1"});
    ASSERT_TRUE(verify(id_, "ana@0/2"));
    ASSERT_EQ(perform(id_, {"ana@40/3", "ana@40/4", "ana@40/5", "ana@40/6"})->frames_enrolled, 4);

    EXPECT_TRUE(matches_later("ana@60/7")) << "28 degrees from the mean of all";
}

TEST_F(EnrolledFramesTest, HaveToBeShownWhateverTheFlowAsksFor)
{
    change_flow([](projects::Flow& flow) { flow.biometric.liveness_required = false; });
    const auto begun = enrolling();
    EXPECT_TRUE(begun.validation->needs_liveness);
    ASSERT_TRUE(verify(id_, "ana/2"));
    EXPECT_EQ(face().status, FaceStatus::Provisional);

    EXPECT_EQ(show(id_, "ana/3").error().code, ErrorCode::ChallengeRequired);

    EXPECT_TRUE(perform(id_, {"ana/31"}));
}

TEST_F(EnrolledFramesTest, AreAsGoodAsAPictureThatIsEnrolled)
{
    enrolling();

    EXPECT_EQ(perform(id_, {"ana/31", "ana/32?", "ana/333"})->frames_enrolled, 2);

    EXPECT_EQ(face().pictures, 3);
}

TEST_F(EnrolledFramesTest, AreNoMoreThanThereIsRoomFor)
{
    enrolling({"ana/1", "ana/22", "ana/333"});

    EXPECT_EQ(perform(id_, {"ana/31", "ana/32", "ana/33", "ana/34"})->frames_enrolled, 2);

    EXPECT_EQ(face().pictures, face::kTemplatePictures);
}

TEST_F(EnrolledFramesTest, MatchThePicturesLikeALogin)
{
    enrolling({"ana@0/1"});

    const auto live = perform(id_, {"ana@40/3", "ana@50/4", "eve/5"}).value();

    EXPECT_EQ(live.frames_enrolled, 1) << "at 1e-4 nobody is farther than 45 degrees";
}

TEST_F(EnrolledFramesTest, MatchWhatThePersonEnrolledEarlier)
{
    enrolled("ana", "ana@0/1");
    enrolling({"ana@30/2"});
    ASSERT_TRUE(verify(id_, "ana@30/3"));

    EXPECT_EQ(perform(id_, {"ana@30/4", "ana@60/5"})->frames_enrolled, 1)
        << "else a face could walk away, from enrolment to enrolment";
}

TEST_F(EnrolledFramesTest, OfAFaceThatReplacesAllOthersMatchItAlone)
{
    enrolled("ana", "bob/1");
    auto request = enrol_request("ana", {"ana@0/2"});
    request.takes_frames = request.replace = true;
    id_ = enrolment_->enrol(request, all_)->validation->validation.id;

    EXPECT_EQ(perform(id_, {"ana@10/4", "ana@20/5"})->frames_enrolled, 2);
}

TEST_F(EnrolledFramesTest, AreNobodyElsesWhereTheFlowSaysSo)
{
    change_flow([](projects::Flow& flow) {
        flow.biometric.match_fmr = 1e-3;
        flow.biometric.reject_duplicate_faces = true;
    });
    enrolled("ian", "i/1");  // Where "ana@90" would be.
    enrolling({"ana@0/1"});

    EXPECT_EQ(perform(id_, {"ana@20/3", "ana@50/4"})->frames_enrolled, 1);
}

TEST_F(EnrolledFramesTest, DoNotJoinWhenTheirChallengeFails)
{
    enrolling();
    verdict_ = {.passed = false, .failure = face::LivenessFailure::WrongOrder, .frames = {}};
    ASSERT_EQ(perform(id_, {"ana/31", "ana/32"}).error().code, ErrorCode::LivenessFailed);
    EXPECT_EQ(face().pictures, 1);

    verdict_ = {.passed = true, .failure = {}, .frames = {}};
    EXPECT_EQ(perform(id_, {"ana/31", "ana/32"}).error().code, ErrorCode::ImageReplayed);
    EXPECT_EQ(perform(id_, {"ana/41", "ana/42"})->frames_enrolled, 2);
}

TEST_F(EnrolledFramesTest, JoinOnce)
{
    enrolling();
    ASSERT_EQ(perform(id_, {"ana/31"})->frames_enrolled, 1);

    const auto again = perform(id_, {"ana/41", "ana/42"}).value();

    EXPECT_EQ(again.frames_enrolled, 0);
    EXPECT_EQ(face().pictures, 2);
}

TEST_F(EnrolledFramesTest, SayNothingAboutWhatElseIsShownInTheirValidation)
{
    enrolling({"ana@0/1"});
    ASSERT_EQ(perform(id_, {"ana@40/3", "ana@40/4", "ana@40/5", "ana@40/6"})->frames_enrolled, 4);

    EXPECT_EQ(verify(id_, "ana@60/7").error().code, ErrorCode::FaceNotMatched)
        << "28 degrees from the mean, but 60 from the picture that the business vouched for";
    EXPECT_TRUE(verify(id_, "ana@40/8"));
}

TEST_F(EnrolledFramesTest, OfAnEnrolmentThatDidNotAskForThemAreForgotten)
{
    id_ = enrol("ana", {"ana/1"})->validation->validation.id;

    EXPECT_EQ(perform(id_, {"ana/31", "ana/32"})->frames_enrolled, 0);
    EXPECT_EQ(face().pictures, 1);

    enrolled("bob", "bob/1");
    EXPECT_EQ(perform(started("bob"), {"bob/31"})->frames_enrolled, 0);
    EXPECT_EQ(faces_of("bob").at(0).pictures, 1);
}

TEST_F(EnrolledFramesTest, GoWithTheFaceWhenItsValidationIsNotFinished)
{
    enrolling();
    ASSERT_TRUE(perform(id_, {"ana/31", "ana/32"}));
    clock_.advance(std::chrono::minutes{5});

    EXPECT_EQ(perform(id_, {"ana/41"}).error().code, ErrorCode::ValidationExpired);
    ASSERT_TRUE(stores_->biometrics().prune(clock_.now(), 100));

    EXPECT_TRUE(faces_of("ana").empty());
}

TEST_F(EnrolledFramesTest, OfAnotherPersonsValidationAreNotReached)
{
    enrolling();
    auto foreign = attempt(id_);
    foreign.own = OwnValidation{project_id_, "bob", id_};
    EXPECT_EQ(login_->check_liveness(foreign, {"ana/31"}, true, all_).error().code,
              ErrorCode::ValidationNotFound);
    EXPECT_EQ(
        login_->check_liveness(attempt(id_), {"ana/31"}, true, ProjectScope::only({"prj_another"}))
            .error()
            .code,
        ErrorCode::ValidationNotFound);

    EXPECT_EQ(face().pictures, 1);
}

}  // namespace
}  // namespace accessd::test
