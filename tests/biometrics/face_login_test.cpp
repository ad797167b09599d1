#include "face_fixture.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <latch>
#include <thread>

namespace accessd::test {
namespace {

using access::ValidationStatus;
using projects::Assurance;
using projects::Method;
using Strings = std::vector<std::string>;

class FaceLoginTest : public FaceTest {
protected:
    FaceLoginTest() { enrolled("ana", "ana/1"); }

    std::vector<access::Lock> locks() { return stores_->locks().list(project_id_, {})->items; }

    /// A flow that asks for a code by email as well.
    void ask_for_both()
    {
        change_flow([](projects::Flow& flow) {
            flow.policy = {projects::Policy::Kind::All, {Method::Email, Method::Biometric}};
        });
    }
};

TEST_F(FaceLoginTest, LogsInWhoMatchesAndIsLive)
{
    const auto id = started("ana");

    const auto matched = verify(id, "ana/2").value();
    EXPECT_EQ(matched.validation.validation.status, ValidationStatus::Pending);
    EXPECT_EQ(biometrics::remaining_parts(matched.validation),
              std::vector{biometrics::Part::Liveness});
    EXPECT_FALSE(matched.token);
    EXPECT_GT(matched.compared.score, matched.compared.threshold);

    const auto live = show(id, "ana/3").value();

    EXPECT_EQ(live.validation.validation.status, ValidationStatus::Validated);
    EXPECT_EQ(live.validation.assurance, Assurance::Low);
    EXPECT_EQ(live.login.status, access::LoginStatus::Complete);
    EXPECT_EQ(live.login.methods_done, std::vector{Method::Biometric});
    ASSERT_TRUE(live.token);
    const auto told = login_tokens_->introspect(live.token->token, all_);
    EXPECT_EQ(told.at("sub"), "ana");
    EXPECT_EQ(told.at("amr"), nlohmann::json::array({"face"}));
    EXPECT_EQ(count_of("face.matched"), 1);
    EXPECT_EQ(count_of("liveness.passed"), 1);
    EXPECT_EQ(count_of("login.completed"), 1);
}

TEST_F(FaceLoginTest, TakesThePartsInEitherOrderAndOnePictureForBoth)
{
    const auto id = started("ana");

    EXPECT_EQ(show(id, "ana/2").value().validation.validation.status, ValidationStatus::Pending);
    EXPECT_EQ(verify(id, "ana/2").value().validation.validation.status,
              ValidationStatus::Validated);

    pass_time();
    const auto other = started("ana");
    ASSERT_TRUE(verify(other, "ana/3"));
    EXPECT_TRUE(show(other, "ana/3"));
}

TEST_F(FaceLoginTest, NeedsNoLivenessWhereTheFlowAsksForNone)
{
    change_flow([](projects::Flow& flow) { flow.biometric.liveness_required = false; });

    const auto done = verify(started("ana"), "ana/2").value();

    EXPECT_EQ(done.validation.validation.status, ValidationStatus::Validated);
    EXPECT_TRUE(done.token);
}

TEST_F(FaceLoginTest, RefusesAnotherFaceAndSpendsAnAttempt)
{
    const auto id = started("ana");

    const auto refused = verify(id, "bob/1");

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::FaceNotMatched);
    EXPECT_EQ(std::get<std::int64_t>(refused.error().details.at(0).second), 4);
    EXPECT_EQ(count_of("face.not_matched"), 1);
    EXPECT_TRUE(verify(id, "ana/2"));
}

TEST_F(FaceLoginTest, RefusesLivenessOfSomebodyElse)
{
    const auto id = started("ana");
    ASSERT_TRUE(verify(id, "ana/2"));

    EXPECT_EQ(show(id, "bob/1").error().code, ErrorCode::FaceNotMatched);
    EXPECT_EQ(perform(id, {"bob/1", "bob/2", "bob/3"}).error().code, ErrorCode::FaceNotMatched);
    EXPECT_EQ(count_of("liveness.passed"), 0);
}

TEST_F(FaceLoginTest, FailsWithTheLastAttemptAndTakesNothingMore)
{
    limits_.face_failures_before_wait = 0;
    make_parts(false);
    change_flow([](projects::Flow& flow) { flow.biometric.max_attempts = 2; });
    const auto id = started("ana");
    ASSERT_EQ(verify(id, "bob/1").error().code, ErrorCode::FaceNotMatched);
    ASSERT_EQ(verify(id, "bob/2").error().code, ErrorCode::FaceNotMatched);

    EXPECT_EQ(verify(id, "ana/2").error().code, ErrorCode::AttemptsExhausted);
    EXPECT_EQ(count_of("validation.failed"), 1);
}

TEST_F(FaceLoginTest, ComparesNoMoreFacesThanThereAreAttemptsHoweverManyComeTogether)
{
    limits_.face_failures_before_wait = 0;
    make_parts(false);
    change_flow([](projects::Flow& flow) { flow.biometric.max_attempts = 3; });
    const auto id = started("ana");
    std::atomic<int> compared{0};
    std::latch begin{8};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                begin.arrive_and_wait();
                const auto refused = verify(id, "bob/" + std::to_string(i));
                if (refused.error().code == ErrorCode::FaceNotMatched) ++compared;
            });
        }
    }

    EXPECT_EQ(compared, 3);
}

TEST_F(FaceLoginTest, GivesTheAttemptOfAMatchBack)
{
    change_flow([](projects::Flow& flow) { flow.biometric.max_attempts = 1; });
    const auto id = started("ana");

    EXPECT_TRUE(verify(id, "ana/2"));
    EXPECT_TRUE(show(id, "ana/3"));
}

TEST_F(FaceLoginTest, SpendsNoAttemptOnAPictureThatCanNotBeUsed)
{
    const auto id = started("ana");

    const auto refused = verify(id, "ana/2!too_dark");

    EXPECT_EQ(refused.error().code, ErrorCode::FaceRejected);
    EXPECT_EQ(std::get<std::string>(refused.error().details.at(0).second), "too_dark");
    EXPECT_EQ((*stores_->validations().find(id, all_))->attempts_remaining, 5);
}

TEST_F(FaceLoginTest, MakesWhoFailsOftenWaitAndInTheEndPauses)
{
    change_flow([](projects::Flow& flow) { flow.biometric.max_attempts = 10; });
    const auto id = started("ana");
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(verify(id, "bob/" + std::to_string(i)).error().code, ErrorCode::FaceNotMatched);
    }
    const int looked_at = analyst_.looked_at;

    const auto waiting = verify(id, "ana/2");

    EXPECT_EQ(waiting.error().code, ErrorCode::RateLimited);
    EXPECT_EQ(analyst_.looked_at, looked_at) << "nobody looks at a picture that has to wait";
    pass_time();
    EXPECT_TRUE(verify(id, "ana/2"));
}

TEST_F(FaceLoginTest, SwitchesFacesOffForAPersonAfterTooManyFailures)
{
    limits_.face_failures_before_wait = 0;
    limits_.face_failures_before_lock = 3;
    make_parts(false);
    const auto id = started("ana");
    for (int i = 0; i < 3; ++i) ASSERT_FALSE(verify(id, "bob/" + std::to_string(i)));

    EXPECT_EQ(verify(id, "ana/2").error().code, ErrorCode::Locked);
    EXPECT_EQ(start("ana").error().code, ErrorCode::Locked);
    ASSERT_EQ(locks().size(), 1U);
    EXPECT_EQ(locks()[0].user_id, "ana");
    EXPECT_EQ(count_of("security.locked"), 1);

    ASSERT_TRUE(stores_->locks().clear(locks()[0].id, all_, "operator", clock_.now()));
    EXPECT_TRUE(verify(id, "ana/2"));
}

TEST_F(FaceLoginTest, LimitsCallsAboutOnePerson)
{
    enrolled("bob", "bob/1");
    const auto id = started("ana");  // The first of ten.
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(verify(id, "ana/" + std::to_string(i))) << i;

    const auto refused = verify(id, "ana/99");

    EXPECT_EQ(refused.error().code, ErrorCode::RateLimited);
    EXPECT_EQ(count_of("security.rate_limited"), 1);
    EXPECT_TRUE(start("bob")) << "another person's calls are counted apart";
}

TEST_F(FaceLoginTest, EndsWithItsTime)
{
    const auto id = started("ana");
    clock_.advance(std::chrono::seconds{240});

    EXPECT_EQ(verify(id, "ana/2").error().code, ErrorCode::ValidationExpired);
}

TEST_F(FaceLoginTest, KnowsNoValidationOfAnotherProjectOrUser)
{
    const auto id = started("ana");
    auto others = attempt(id);
    others.user_id = "bob";

    EXPECT_EQ(login_->verify_face(others, "ana/2", all_).error().code,
              ErrorCode::ValidationNotFound);
    EXPECT_EQ(
        login_->verify_face(attempt(id), "ana/2", ProjectScope::only({"prj_other"})).error().code,
        ErrorCode::ValidationNotFound);
}

TEST_F(FaceLoginTest, TakesAValidationsTokenForThatValidationAlone)
{
    const auto first = started("ana");
    const auto second = started("ana");
    auto request = attempt(second);
    request.own = OwnValidation{project_id_, "ana", first};
    EXPECT_EQ(login_->verify_face(request, "ana/2", all_).error().code,
              ErrorCode::ValidationNotFound);
    request.own = OwnValidation{project_id_, "bob", second};
    EXPECT_EQ(login_->verify_face(request, "ana/2", all_).error().code,
              ErrorCode::ValidationNotFound);
    request.own = OwnValidation{project_id_, "ana", second};
    EXPECT_TRUE(login_->verify_face(request, "ana/2", all_));
}

TEST_F(FaceLoginTest, ToldABusinessWhoIsUnknownOrNotEnrolled)
{
    EXPECT_EQ(start("eva").error().code, ErrorCode::UserNotFound);
    users::Directory::NewUser user;
    user.user_id = "eva";
    ASSERT_TRUE(directory_->create(project_id_, user, true, {}));
    EXPECT_EQ(start("eva").error().code, ErrorCode::FaceNotRegistered);
}

TEST_F(FaceLoginTest, SaysWhenFacesCanNotBeLookedAt)
{
    const auto id = started("ana");
    analyst_.is_on = false;

    EXPECT_EQ(verify(id, "ana/2").error().code, ErrorCode::BiometricsUnavailable);
    EXPECT_EQ((*stores_->validations().find(id, all_))->attempts_remaining, 5);
}

TEST_F(FaceLoginTest, AsksForTheChallengeWhereAPictureShowsTooLittle)
{
    change_flow([](projects::Flow& flow) { flow.biometric.min_assurance = Assurance::Active; });
    const auto begun = start("ana").value();
    const auto& id = begun.validation.validation.id;
    const int looked_at = analyst_.looked_at;

    const auto refused = show(id, "ana/2");

    EXPECT_EQ(refused.error().code, ErrorCode::ChallengeRequired);
    const auto prompts = std::get<Strings>(refused.error().details.at(1).second);
    EXPECT_EQ(prompts.size(), 3U);
    EXPECT_EQ(analyst_.looked_at, looked_at);
    const auto live = perform(id, {"ana/2", "ana/3", "ana/4"}).value();
    EXPECT_EQ(live.validation.assurance, Assurance::Active);
}

TEST_F(FaceLoginTest, MakesAnOldChallengeAnewAndKeepsAFreshOne)
{
    change_flow([](projects::Flow& flow) { flow.biometric.min_assurance = Assurance::Active; });
    const auto id = started("ana");
    const auto challenge = [&] { return (*stores_->biometrics().find(id, all_))->challenge; };
    const auto first = challenge();

    ASSERT_FALSE(show(id, "ana/2"));
    EXPECT_EQ(challenge(), first) << "nobody asks until a convenient one comes";
    clock_.advance(std::chrono::seconds{31});
    ASSERT_FALSE(show(id, "ana/2"));
    EXPECT_EQ((*stores_->biometrics().find(id, all_))->challenged_at, clock_.now());
}

TEST_F(FaceLoginTest, RefusesWhatAnInstalledModelTakesForACopy)
{
    make_parts(true);
    const auto id = started("ana");

    const auto refused = show(id, "ana/2*");
    const auto live = show(id, "ana/3").value();

    EXPECT_EQ(refused.error().code, ErrorCode::LivenessFailed);
    EXPECT_EQ(std::get<std::string>(refused.error().details.at(1).second), "spoof_suspected");
    EXPECT_EQ(live.validation.assurance, Assurance::Passive);
}

TEST_F(FaceLoginTest, GivesANewChallengeAfterFramesThatFailedAndTakesThemNeverAgain)
{
    verdict_ = {.passed = false, .failure = face::LivenessFailure::WrongOrder, .frames = {}};
    const auto id = started("ana");
    const auto first = (*stores_->biometrics().find(id, all_))->challenge;
    const Strings frames{"ana/2", "ana/3", "ana/4"};

    const auto refused = perform(id, frames);

    EXPECT_EQ(refused.error().code, ErrorCode::LivenessFailed);
    EXPECT_EQ(std::get<std::string>(refused.error().details.at(1).second), "wrong_order");
    EXPECT_EQ(refused.error().details.at(2).first, "prompts");
    verdict_ = {.passed = true, .failure = {}, .frames = {}};
    EXPECT_EQ(perform(id, {"ana/4", "ana/3", "ana/2"}).error().code, ErrorCode::ImageReplayed);
    EXPECT_TRUE(perform(id, {"ana/5", "ana/6", "ana/7"}));
    EXPECT_EQ(count_of("security.image_replayed"), 1);
}

TEST_F(FaceLoginTest, TakesNoPictureThatEnrolledAFaceForLive)
{
    const auto id = started("ana");

    EXPECT_EQ(show(id, "ana/1").error().code, ErrorCode::ImageReplayed);
    EXPECT_EQ(show(id, "ana/1~").error().code, ErrorCode::ImageReplayed) << "a copy of it";
    EXPECT_EQ((*stores_->validations().find(id, all_))->attempts_remaining, 5);
}

TEST_F(FaceLoginTest, TakesNoPictureForLiveTwice)
{
    const auto first = started("ana");
    ASSERT_TRUE(show(first, "ana/2"));
    EXPECT_EQ(show(first, "ana/2").error().code, ErrorCode::ImageReplayed);

    pass_time();
    const auto second = started("ana");
    EXPECT_EQ(show(second, "ana/2").error().code, ErrorCode::ImageReplayed);
    EXPECT_EQ(show(second, "ana/2~~").error().code, ErrorCode::ImageReplayed);
    EXPECT_EQ(perform(second, {"ana/3", "ana/2~", "ana/4"}).error().code, ErrorCode::ImageReplayed);
    EXPECT_TRUE(show(second, "ana/3"));
}

TEST_F(FaceLoginTest, TakesNoPictureForLiveThatWasComparedInAnotherValidation)
{
    ASSERT_TRUE(verify(started("ana"), "ana/2"));
    pass_time();

    EXPECT_EQ(show(started("ana"), "ana/2").error().code, ErrorCode::ImageReplayed);
}

TEST_F(FaceLoginTest, TakesNoPictureForLiveThatAnotherUserOfTheProjectShowed)
{
    enrolled("alf", "alf/1");
    ASSERT_TRUE(show(started("ana"), "ana/2"));

    // The same bytes under another account of the same person.
    EXPECT_EQ(show(started("alf"), "ana/2").error().code, ErrorCode::ImageReplayed);
}

TEST_F(FaceLoginTest, LetsOneOfTwoRequestsWithTheSamePictureThrough)
{
    limits_.face_failures_before_wait = 0;
    make_parts(false);
    for (int round = 0; round < 10; ++round) {
        pass_time();
        const auto first = started("ana");
        const auto second = started("ana");
        const auto picture = "ana/10" + std::to_string(round);
        std::atomic<int> passed{0};
        std::latch begin{2};
        {
            std::vector<std::jthread> threads;
            for (const auto& id : {first, second}) {
                const auto shown = id == first ? picture : picture + "~";
                threads.emplace_back([&, id, shown] {
                    begin.arrive_and_wait();
                    if (show(id, shown)) ++passed;
                });
            }
        }
        ASSERT_EQ(passed, 1) << "round " << round;
    }
}

TEST_F(FaceLoginTest, ForgetsPicturesAfterThirtyDays)
{
    ASSERT_TRUE(show(started("ana"), "ana/2"));
    clock_.advance(std::chrono::days{31});
    ASSERT_TRUE(stores_->biometrics().prune(clock_.now(), 1000));

    EXPECT_TRUE(show(started("ana"), "ana/2"));
}

TEST_F(FaceLoginTest, CompletesALoginOfSeveralMethods)
{
    ask_for_both();
    const auto id = started("ana");
    ASSERT_TRUE(verify(id, "ana/2"));

    const auto done = show(id, "ana/3").value();

    EXPECT_EQ(done.login.status, access::LoginStatus::Pending);
    EXPECT_EQ(done.remaining, std::vector{Method::Email});
    EXPECT_FALSE(done.token);
}

TEST_F(FaceLoginTest, TellsABrowserNothingOfOtherPeople)
{
    // A login that a browser opened.
    access::Login login;
    biometrics::StartRequest request;
    request.where.project_id = project_id_;
    request.user_id = "ana";
    const auto begun = login_->start(request, all_).value();
    const BrowserLogin browser{project_id_, flow_id_, begun.validation.validation.login_id};
    request.where.browser = browser;
    request.where.login_id = browser.login_id;
    pass_time();

    const auto known = login_->start(request, all_).value();
    request.user_id = "nobody";
    const auto unknown = login_->start(request, all_).value();

    EXPECT_FALSE(known.token);
    EXPECT_FALSE(unknown.token);
    EXPECT_TRUE(unknown.validation.validation.decoy);
    EXPECT_FALSE(known.validation.validation.decoy);
    change_flow([](projects::Flow& flow) { flow.redirect_urls = {""}; });
    auto attempted = attempt(unknown.validation.validation.id);
    attempted.browser = browser;
    EXPECT_EQ(login_->verify_face(attempted, "ana/2", all_).error().code,
              ErrorCode::FaceNotMatched);
    attempted.validation_id = known.validation.validation.id;
    EXPECT_EQ(login_->verify_face(attempted, "bob/2", all_).error().code,
              ErrorCode::FaceNotMatched);
    attempted.user_id = "ana";
    EXPECT_EQ(login_->verify_face(attempted, "ana/2", all_).error().code,
              ErrorCode::InsufficientScope)
        << "it may not try out who somebody is";
}

TEST_F(FaceLoginTest, ComparesNothingOfAnotherModel)
{
    const auto id = started("ana");
    analyst_.model = "model-2";
    comparison_ = std::make_unique<face::Comparison>(FakeAnalyst::models("model-2"));
    make_parts(false);

    const auto refused = verify(id, "ana/2");

    EXPECT_EQ(refused.error().code, ErrorCode::FaceNotRegistered);
    EXPECT_EQ(std::get<std::string>(refused.error().details.at(0).second), "model_changed");
    EXPECT_EQ(stores_->faces().users_without(project_id_, "model-2", "", 10).value(),
              Strings{"ana"});
    EXPECT_TRUE(stores_->faces().users_without(project_id_, "model-1", "", 10).value().empty());
}

TEST_F(FaceLoginTest, FailsAfterThePersonWasErased)
{
    const auto id = started("ana");
    ASSERT_TRUE(directory_->erase(project_id_, "ana", true, {}, {}));

    EXPECT_EQ(verify(id, "ana/2").error().code, ErrorCode::ValidationNotFound);
    EXPECT_EQ(start("ana").error().code, ErrorCode::UserNotFound);
}

}  // namespace
}  // namespace accessd::test
