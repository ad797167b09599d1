#include "store_fixture.h"

#include "access/lock_store.h"
#include "access/stats_store.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_lock.h"
#include "biometrics/face_store.h"

#include <algorithm>
#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using access::ValidationStatus;
using biometrics::Part;
using biometrics::SeenAs;

/// What every store promises about faces and the validations that they are shown in.
class BiometricStoreContract : public StoreContract {
protected:
    BiometricStoreContract() { EXPECT_TRUE(faces_.digest_key(project_id_, "sealed digest key")); }

    /// A face of a person, with a key that is theirs if they have none.
    biometrics::NewFace new_face(const std::string& user_id)
    {
        const auto person = store_.find_person(project_id_, user_id).value();
        biometrics::NewFace made;
        made.key = person.key ? *person.key : biometrics::FaceKey{new_id("fkey_"), "sealed key"};
        made.create_user = true;
        for (const auto& face : person.faces) made.compared_with.push_back(face.id);
        made.face.id = new_id("face_");
        made.face.project_id = project_id_;
        made.face.user_id = user_id;
        made.face.key_id = made.key.id;
        made.face.model = "model-1";
        made.face.sealed_template = "sealed template";
        made.face.created_at = made.face.used_at = clock_.now();
        return made;
    }
    biometrics::FaceRecord enrolled(const std::string& user_id)
    {
        auto face = new_face(user_id);
        face.face.status = biometrics::FaceStatus::Active;
        EXPECT_TRUE(faces_.enrol(face, true, clock_.now(), {}));
        return face.face;
    }

    biometrics::BeginValidation begin_request(const std::string& user_id, int attempts = 5)
    {
        biometrics::BeginValidation begin;
        begin.now = clock_.now();
        begin.test = true;
        begin.login.id = new_id("login_");
        begin.login.project_id = project_id_;
        begin.login.flow_id = "flow_1";
        begin.login.opened_by = "key_1";
        begin.login.opened_for = user_id;
        begin.login.created_at = begin.now;
        begin.login.expires_at = begin.now + 15min;
        auto& validation = begin.begun.validation;
        validation.id = new_id("val_");
        validation.project_id = project_id_;
        validation.flow_id = "flow_1";
        validation.channel = contacts::Channel::Biometric;
        validation.recipient = validation.user_id = user_id;
        validation.max_attempts = validation.attempts_remaining = attempts;
        validation.created_at = begin.now;
        validation.expires_at = begin.now + 4min;
        begin.begun.challenge = "turn_left blink look_up";
        begin.begun.challenged_at = begin.now;
        return begin;
    }
    access::Validation begun(const std::string& user_id, int attempts = 5)
    {
        return store_.begin(begin_request(user_id, attempts)).value().validation;
    }

    biometrics::ChargeTry charge_of(const access::Validation& validation)
    {
        return {project_id_, validation.id, validation.recipient, "client", {0, 0}, clock_.now()};
    }
    biometrics::PassPart pass_of(const access::Validation& validation, Part part,
                                 const std::string& digest = "picture")
    {
        biometrics::PassPart pass;
        pass.project_id = project_id_;
        pass.validation_id = validation.id;
        pass.part = part;
        pass.pictures = {{digest, part == Part::Face ? SeenAs::Matched : SeenAs::Live,
                          validation.id, "sealed print", clock_.now()}};
        pass.policy = {projects::Policy::Kind::Any, {projects::Method::Biometric}};
        pass.test = true;
        pass.now = clock_.now();
        return pass;
    }
    biometrics::FailPart fail_of(const access::Validation& validation)
    {
        biometrics::FailPart fail;
        fail.project_id = project_id_;
        fail.validation_id = validation.id;
        fail.reason = "not_matched";
        fail.failure_limits = {0, 0};
        fail.lock_id = new_id("lock_");
        fail.test = true;
        fail.now = clock_.now();
        return fail;
    }

    biometrics::BiometricStore& store_ = stores_->biometrics();
    biometrics::FaceStore& faces_ = stores_->faces();
};

TEST_P(BiometricStoreContract, AdvancesTheLoginWithTheLastPart)
{
    enrolled("ana");
    const auto validation = begun("ana");

    ASSERT_TRUE(store_.charge(charge_of(validation)));
    const auto face = store_.pass(pass_of(validation, Part::Face)).value();
    ASSERT_TRUE(store_.charge(charge_of(validation)));
    const auto live = store_.pass(pass_of(validation, Part::Liveness)).value();

    EXPECT_EQ(face.login.status, access::LoginStatus::Pending);
    EXPECT_EQ(live.validation.validation.status, ValidationStatus::Validated);
    EXPECT_EQ(live.validation.validation.attempts_remaining, 5) << "both were given back";
    EXPECT_EQ(live.login.status, access::LoginStatus::Complete);
    EXPECT_EQ(live.user->user_id, "ana");
    const auto found = store_.find(validation.id, ProjectScope::all()).value();
    EXPECT_TRUE(found->face_done_at && found->liveness_done_at);
    EXPECT_EQ(store_.charge(charge_of(validation)).error().code, ErrorCode::AlreadyValidated);
    EXPECT_EQ(event_names(),
              (std::vector<std::string>{"user.created", "face.registered", "validation.created",
                                        "face.matched", "liveness.passed", "validation.validated",
                                        "login.completed"}));
}

TEST_P(BiometricStoreContract, IsCountedByHowLooksEnded)
{
    enrolled("ana");
    const auto validation = begun("ana");
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(store_.charge(charge_of(validation)));
        ASSERT_TRUE(store_.fail(fail_of(validation)));
    }
    for (const auto part : {Part::Face, Part::Liveness}) {
        ASSERT_TRUE(store_.charge(charge_of(validation)));
        ASSERT_TRUE(store_.pass(pass_of(validation, part)));
    }
    const auto hour = std::chrono::floor<std::chrono::hours>(clock_.now());
    const auto counted = [&](const std::string& project_id) {
        return stores_->stats()
            .count(project_id, {hour, hour + 2h, 1h}, 1000, clock_.now())
            ->buckets;
    };

    const auto now = counted(project_id_).at(0).faces;

    EXPECT_EQ(now.matched, 1);
    EXPECT_EQ(now.live, 1);
    EXPECT_EQ(now.not_matched + now.not_live, 2);
    EXPECT_EQ(counted(project_id_).at(1).faces.matched, 0);
    EXPECT_EQ(counted(new_id("prj_")).at(0).faces.not_matched, 0);
}

/// A login of Ana's whose last part brings a picture to be kept with a face.
class FaceRefreshContract : public BiometricStoreContract {
protected:
    biometrics::PassPart refreshing(const std::string& face_id, std::vector<std::string> ids)
    {
        const auto validation = begun("ana");
        EXPECT_TRUE(store_.pass(pass_of(validation, Part::Face, validation.id + "face")));
        auto pass = pass_of(validation, Part::Liveness, validation.id + "live");
        pass.refresh = biometrics::FaceRefresh{face_id, "sealed refresh", std::move(ids)};
        return pass;
    }
    biometrics::FaceRecord face(const std::string& id)
    {
        return store_.find_face(project_id_, id).value().value();
    }
};

TEST_P(FaceRefreshContract, KeepsOnePictureOfTheLoginThatItEnds)
{
    const auto first = enrolled("ana");
    const auto second = enrolled("ana");
    const std::vector<std::string> both{first.id, second.id};

    ASSERT_TRUE(store_.pass(refreshing(first.id, both)));
    EXPECT_EQ(face(first.id).refreshed_at, clock_.now());
    EXPECT_EQ(face(first.id).sealed_refresh, "sealed refresh");
    EXPECT_EQ(event_names().back(), "face.refreshed");
    ASSERT_TRUE(store_.pass(refreshing(second.id, both)));

    EXPECT_FALSE(face(first.id).refreshed_at) << "one for each person";
    EXPECT_TRUE(face(first.id).sealed_refresh.empty());
    EXPECT_TRUE(face(second.id).refreshed_at);
    EXPECT_EQ(face(second.id).sealed_template, "sealed template");
}

TEST_P(FaceRefreshContract, KeepsNoneThatWasComparedWithWhatIsThereNoLonger)
{
    const auto first = enrolled("ana");
    const auto second = enrolled("ana");
    auto pass = refreshing(first.id, {first.id, second.id});
    ASSERT_TRUE(faces_.remove(project_id_, "ana", second.id, clock_.now(), true, {}));

    EXPECT_TRUE(store_.pass(pass)) << "the login is as good as any";
    EXPECT_FALSE(face(first.id).refreshed_at);
}

TEST_P(FaceRefreshContract, KeepsNoneOfALoginThatGoesOn)
{
    const auto only = enrolled("ana");
    auto pass = refreshing(only.id, {only.id});
    pass.policy = {projects::Policy::Kind::All,
                   {projects::Method::Biometric, projects::Method::Email}};

    EXPECT_EQ(store_.pass(pass)->login.status, access::LoginStatus::Pending);
    EXPECT_FALSE(face(only.id).refreshed_at);
}

TEST_P(FaceRefreshContract, ForgetsThePictureWithAnyFaceThatVouchedForIt)
{
    const auto first = enrolled("ana");
    const auto second = enrolled("ana");
    ASSERT_TRUE(store_.pass(refreshing(first.id, {first.id, second.id})));

    ASSERT_TRUE(faces_.remove(project_id_, "ana", second.id, clock_.now(), true, {}));

    EXPECT_FALSE(face(first.id).refreshed_at);
    EXPECT_TRUE(face(first.id).sealed_refresh.empty());
}

/// A validation that enrols a face, which frames of its challenge may join.
class JoiningFramesContract : public FaceRefreshContract {
protected:
    access::Validation enrolling(bool takes_frames = true)
    {
        auto request = begin_request("ana");
        request.enrols = new_face("ana");
        request.enrols->face.validation_id = request.begun.validation.id;
        request.begun.face_id = face_id_ = request.enrols->face.id;
        request.begun.takes_frames = takes_frames;
        return store_.begin(request).value().validation;
    }
    biometrics::PassPart joining(const access::Validation& validation, const std::string& digest,
                                 int frames = 2)
    {
        auto pass = pass_of(validation, Part::Liveness, digest);
        pass.frames =
            biometrics::JoiningFrames{frames, frames + 1, "sealed with " + std::to_string(frames)};
        return pass;
    }
    std::string face_id_;
};

TEST_P(JoiningFramesContract, JoinTheFaceThatIsBeingEnrolledOnce)
{
    const auto validation = enrolling();
    EXPECT_TRUE(store_.find(validation.id, ProjectScope::all()).value()->takes_frames);

    EXPECT_EQ(store_.pass(joining(validation, "first"))->frames_enrolled, 2);
    EXPECT_EQ(store_.pass(joining(validation, "second", 4))->frames_enrolled, 0);

    EXPECT_EQ(face(face_id_).status, biometrics::FaceStatus::Provisional);
    EXPECT_EQ(face(face_id_).frames, 2);
    EXPECT_EQ(face(face_id_).pictures, 3);
    EXPECT_EQ(face(face_id_).sealed_template, "sealed with 2");
    ASSERT_TRUE(store_.pass(pass_of(validation, Part::Face, "shown")));
    EXPECT_EQ(face(face_id_).status, biometrics::FaceStatus::Active);
    EXPECT_EQ(face(face_id_).sealed_template, "sealed with 2");
}

TEST_P(JoiningFramesContract, JoinOneOfManyChallengesThatPassTogether)
{
    const auto validation = enrolling();
    std::atomic<int> joined{0};

    together(4, [&](int i) {
        const auto passed = store_.pass(joining(validation, std::to_string(i), i + 1));
        if (passed && passed->frames_enrolled > 0) ++joined;
    });

    EXPECT_EQ(joined, 1);
    EXPECT_EQ(face(face_id_).pictures, face(face_id_).frames + 1);
}

TEST_P(JoiningFramesContract, JoinNothingThatDidNotAskForThem)
{
    const auto asked_not = enrolling(false);
    EXPECT_EQ(store_.pass(joining(asked_not, "not asked"))->frames_enrolled, 0);
    EXPECT_EQ(face(face_id_).frames, 0);

    const auto known = enrolled("bob");
    const auto login = begun("bob");
    EXPECT_EQ(store_.pass(joining(login, "a login's"))->frames_enrolled, 0);
    EXPECT_EQ(face(known.id).sealed_template, "sealed template");
}

TEST_P(JoiningFramesContract, AreDestroyedWithAFaceWhoseValidationExpires)
{
    const auto validation = enrolling();
    ASSERT_TRUE(store_.pass(joining(validation, "first")));
    clock_.advance(5min);

    EXPECT_EQ(store_.pass(joining(validation, "late")).error().code, ErrorCode::ValidationExpired);
    ASSERT_TRUE(store_.prune(clock_.now(), 100));
    EXPECT_FALSE(store_.find_face(project_id_, face_id_).value());
}

TEST_P(BiometricStoreContract, ChargesNoMoreThanThereIsHoweverManyCome)
{
    enrolled("ana");
    for (int round = 0; round < 20; ++round) {
        const auto validation = begun("ana", 3);
        std::atomic<int> charged{0};
        together(8, [&](int) {
            if (store_.charge(charge_of(validation))) ++charged;
        });
        ASSERT_EQ(charged, 3) << "round " << round;
    }
}

TEST_P(BiometricStoreContract, PassesAPictureAsLiveOnceHoweverManyShowIt)
{
    enrolled("ana");
    for (int round = 0; round < 20; ++round) {
        const std::vector<access::Validation> validations{begun("ana"), begun("ana"), begun("ana"),
                                                          begun("ana")};
        std::atomic<int> passed{0};
        std::atomic<int> replayed{0};
        together(4, [&](int i) {
            const auto& validation = validations[static_cast<std::size_t>(i)];
            const auto done =
                store_.pass(pass_of(validation, Part::Liveness, "p" + std::to_string(round)));
            done ? ++passed : ++replayed;
        });
        ASSERT_EQ(passed, 1) << "round " << round;
        ASSERT_EQ(replayed, 3);
    }
    EXPECT_EQ(std::ranges::count(event_names(), "security.image_replayed"), 60);
}

TEST_P(BiometricStoreContract, AsksAboutPicturesThatWereSeenLately)
{
    enrolled("ana");
    ASSERT_TRUE(store_.pass(pass_of(begun("ana"), Part::Liveness, "first")));
    auto pass = pass_of(begun("ana"), Part::Liveness, "second");
    std::vector<biometrics::SeenPicture> asked;
    pass.is_replay = [&](const auto& seen) {
        asked = seen;
        return true;
    };

    EXPECT_EQ(store_.pass(pass).error().code, ErrorCode::ImageReplayed);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].digest, "first");
    EXPECT_EQ(asked[0].sealed_print, "sealed print");
}

TEST_P(BiometricStoreContract, DestroysAgainWhatADatabaseBroughtBack)
{
    const auto ana = enrolled("ana");
    const auto bob = enrolled("bob");
    const auto before = faces_.changes_after(project_id_, 0, 100).value().number;
    // Numbers are another time's: what counts is the ids.
    const std::vector<biometrics::DestroyedFace> list{
        {7, "face_never_here"}, {8, ana.key_id}, {9, ana.id}};

    EXPECT_EQ(faces_.destroy_again(list, clock_.now()).value(), 1);

    const auto gone = store_.find_person(project_id_, "ana").value();
    EXPECT_TRUE(gone.faces.empty());
    EXPECT_FALSE(gone.key);
    EXPECT_EQ(store_.find_person(project_id_, "bob").value().faces.at(0).id, bob.id);
    const auto changes = faces_.changes_after(project_id_, before, 100).value();
    EXPECT_NE(std::ranges::find(changes.gone, ana.key_id), changes.gone.end())
        << "searches forget it";
    std::vector<std::string> named;
    const auto destroyed = faces_.destroyed_after(0, 100).value();
    for (const auto& one : destroyed) named.push_back(one.id);
    std::ranges::sort(named);
    std::vector<std::string> wanted{"face_never_here", ana.key_id, ana.id};
    std::ranges::sort(wanted);
    EXPECT_EQ(named, wanted);

    EXPECT_EQ(faces_.destroy_again(list, clock_.now()).value(), 0);
    EXPECT_EQ(faces_.destroyed_after(0, 100)->size(), 3U) << "each is named once";
}

TEST_P(BiometricStoreContract, DestroysAFaceAgainWithTheKeyThatWasItsAlone)
{
    const auto ana = enrolled("ana");

    EXPECT_EQ(faces_.destroy_again({{1, ana.id}}, clock_.now()).value(), 1);

    EXPECT_FALSE(store_.find_person(project_id_, "ana").value().key);
    EXPECT_EQ(faces_.destroyed_after(0, 100)->size(), 2U);
}

TEST_P(BiometricStoreContract, KnowsADatabaseThatWasTakenAsKnown)
{
    enrolled("ana");
    EXPECT_NE(faces_.provenance().value(), biometrics::Provenance::Other);

    ASSERT_TRUE(faces_.take_as_known());

    EXPECT_EQ(faces_.provenance().value(), biometrics::Provenance::Known);
}

TEST_P(BiometricStoreContract, FailsWithTheLastAttemptAndDestroysWhatItWouldEnrol)
{
    auto request = begin_request("ana", 1);
    request.enrols = new_face("ana");
    request.begun.face_id = request.enrols->face.id;
    request.enrols->face.validation_id = request.begun.validation.id;
    const auto validation = store_.begin(request).value().validation;
    ASSERT_TRUE(store_.charge(charge_of(validation)));

    const auto failed = store_.fail(fail_of(validation)).value();

    EXPECT_EQ(failed.validation.status, ValidationStatus::Failed);
    EXPECT_EQ(store_.charge(charge_of(validation)).error().code, ErrorCode::AttemptsExhausted);
    EXPECT_FALSE(store_.find_person(project_id_, "ana")->key);
    EXPECT_EQ(faces_.destroyed_after(0, 10)->size(), 2U);
}

TEST_P(BiometricStoreContract, BeginsOneLockHoweverManyFailTogether)
{
    enrolled("ana");
    const auto validation = begun("ana", 10);
    together(8, [&](int) {
        auto fail = fail_of(validation);
        fail.failure_limits = {0, 2};
        EXPECT_TRUE(store_.fail(fail));
    });

    EXPECT_EQ(stores_->locks().list(project_id_, {})->items.size(), 1U);
    EXPECT_EQ(store_.charge(charge_of(validation)).error().code, ErrorCode::Locked);
    EXPECT_EQ(store_.begin(begin_request("ana")).error().code, ErrorCode::Locked);
    EXPECT_TRUE(store_.find_person(project_id_, "ana")->is_locked);
}

TEST_P(BiometricStoreContract, EnrolsNothingThatWasComparedWithWhatIsThereNoLonger)
{
    auto first = new_face("ana");
    auto second = new_face("ana");
    first.face.status = second.face.status = biometrics::FaceStatus::Active;
    ASSERT_TRUE(faces_.enrol(first, true, clock_.now(), {}));

    EXPECT_EQ(faces_.enrol(second, true, clock_.now(), {}).error().code, ErrorCode::Conflict);
    EXPECT_EQ(faces_.list(project_id_, "ana", {})->items.size(), 1U);
}

TEST_P(BiometricStoreContract, TellsWhatChangedAmongFacesInBatches)
{
    const auto ana = enrolled("ana");
    const auto bob = enrolled("bob");
    const auto eve = enrolled("eve");

    const auto first = faces_.changes_after(project_id_, 0, 2).value();
    const auto rest = faces_.changes_after(project_id_, first.number, 2).value();
    EXPECT_FALSE(first.is_complete);
    EXPECT_EQ(first.faces.size() + rest.faces.size(), 3U);
    EXPECT_EQ(first.faces[0].face_id, ana.id);
    EXPECT_EQ(first.faces[0].key.sealed, "sealed key");

    ASSERT_TRUE(faces_.remove(project_id_, "bob", bob.id, clock_.now(), true, {}));
    const auto gone = faces_.changes_after(project_id_, rest.number, 10).value();
    EXPECT_TRUE(gone.faces.empty());
    EXPECT_EQ(gone.gone, (std::vector<std::string>{bob.id, bob.key_id}));
    EXPECT_EQ(faces_.changes_after(project_id_, gone.number, 10)->number, gone.number);
    EXPECT_EQ(faces_.remove(project_id_, "ana", eve.id, clock_.now(), true, {}).error().code,
              ErrorCode::FaceNotFound);
}

TEST_P(BiometricStoreContract, NamesKeysOfAProjectThatIsDeleted)
{
    const auto face = enrolled("ana");

    ASSERT_TRUE(stores_->projects().remove(project_id_));

    const auto destroyed = faces_.destroyed_after(0, 10).value();
    ASSERT_EQ(destroyed.size(), 1U);
    EXPECT_EQ(destroyed[0].id, face.key_id);
    EXPECT_TRUE(faces_.list(project_id_, "ana", {})->items.empty());
}

TEST_P(BiometricStoreContract, CountsCallsExactly)
{
    std::atomic<int> allowed{0};
    together(8, [&](int) {
        for (int i = 0; i < 3; ++i) {
            if (store_.count_call({project_id_, "ana", "biometric:ana", true, clock_.now()})) {
                ++allowed;
            }
        }
    });

    EXPECT_EQ(allowed, 10);
    EXPECT_EQ(event_names(), std::vector<std::string>{"security.rate_limited"});
}

INSTANTIATE_TEST_SUITE_P(Engines, BiometricStoreContract, testing::ValuesIn(backends()),
                         backend_name);
INSTANTIATE_TEST_SUITE_P(Engines, FaceRefreshContract, testing::ValuesIn(backends()), backend_name);
INSTANTIATE_TEST_SUITE_P(Engines, JoiningFramesContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
