#include "face_fixture.h"

namespace accessd::test {
namespace {

using biometrics::FaceStatus;
using projects::Method;
using Strings = std::vector<std::string>;

class EnrolmentTest : public FaceTest {
protected:
    /// The source is the project's own directory, and knows nobody.
    void use_directory()
    {
        users::Source source;
        source.id = "src_directory";
        source.project_id = project_id_;
        source.name = "Staff";
        source.kind = users::SourceKind::Directory;
        ASSERT_TRUE(stores_->sources().insert(source));
        cache_->forget(project_id_);
        change_flow([](projects::Flow& flow) { flow.source_id = "src_directory"; });
    }
};

TEST_F(EnrolmentTest, EnrolsAFaceOnceItsValidationIsDone)
{
    const auto done = enrol("ana", {"ana/1"}).value();
    ASSERT_TRUE(done.validation);
    ASSERT_TRUE(done.token);
    ASSERT_EQ(faces_of("ana").size(), 1U);
    EXPECT_EQ(faces_of("ana")[0].status, FaceStatus::Provisional);
    EXPECT_EQ(start("ana").error().code, ErrorCode::FaceNotRegistered);
    const auto& id = done.validation->validation.id;

    ASSERT_TRUE(verify(id, "ana/2"));
    const auto live = show(id, "ana/3").value();

    EXPECT_EQ(live.validation.validation.status, access::ValidationStatus::Validated);
    EXPECT_TRUE(live.token);
    EXPECT_EQ(faces_of("ana")[0].status, FaceStatus::Active);
    EXPECT_EQ(count_of("face.registered"), 1);
    EXPECT_EQ(count_of("user.created"), 1);
    EXPECT_TRUE(start("ana"));
}

TEST_F(EnrolmentTest, DestroysAFaceWhoseValidationExpires)
{
    const auto done = enrol("ana", {"ana/1"}).value();
    clock_.advance(std::chrono::minutes{5});

    ASSERT_TRUE(stores_->biometrics().prune(clock_.now(), 100));

    EXPECT_TRUE(faces_of("ana").empty());
    EXPECT_FALSE(stores_->biometrics().find_person(project_id_, "ana")->key);
    const auto destroyed = stores_->faces().destroyed_after(0, 10).value();
    ASSERT_EQ(destroyed.size(), 2U);
    EXPECT_EQ(destroyed[0].id, done.face.id);
    EXPECT_EQ(destroyed[1].id, done.face.key_id);
}

TEST_F(EnrolmentTest, DestroysAFaceWhoseValidationFails)
{
    limits_.face_failures_before_wait = 0;
    make_parts(false);
    change_flow([](projects::Flow& flow) { flow.biometric.max_attempts = 1; });
    const auto done = enrol("ana", {"ana/1"}).value();

    ASSERT_FALSE(verify(done.validation->validation.id, "bob/1"));

    EXPECT_TRUE(faces_of("ana").empty());
    EXPECT_EQ(count_of("face.registered"), 0);
}

TEST_F(EnrolmentTest, TakesSeveralPicturesOfOnePerson)
{
    const auto done = enrol("ana", {"ana/1", "ana/22", "ana/333"}).value();
    EXPECT_EQ(done.face.pictures, 3);

    const auto mixed = enrol("bob", {"bob/1", "ana/22"});
    EXPECT_EQ(mixed.error().code, ErrorCode::FaceRejected);
    EXPECT_EQ(std::get<std::string>(mixed.error().details.at(0).second), "multiple_faces");
}

TEST_F(EnrolmentTest, RefusesPicturesThatCanNotBeUsed)
{
    const auto refused = enrol("ana", {"ana/1", "ana/2!too_blurry"});

    EXPECT_EQ(refused.error().code, ErrorCode::FaceRejected);
    EXPECT_EQ(std::get<std::string>(refused.error().details.at(0).second), "too_blurry");
    EXPECT_EQ(std::get<std::int64_t>(refused.error().details.at(2).second), 1);
    EXPECT_TRUE(faces_of("ana").empty());
}

TEST_F(EnrolmentTest, AddsEnrolmentsOfTheSameFaceUpToTheLimit)
{
    settings_.faces_per_user_max = 2;
    make_parts(false);
    const auto first = enrolled("ana", "ana/1").face.id;
    const auto second = enrolled("ana", "ana/22").face.id;
    const auto third = enrolled("ana", "ana/333").face.id;

    const auto faces = faces_of("ana");
    ASSERT_EQ(faces.size(), 2U);
    EXPECT_EQ(faces[0].id, third);
    EXPECT_EQ(faces[1].id, second);
    EXPECT_EQ(stores_->faces().destroyed_after(0, 10)->at(0).id, first);
    EXPECT_EQ(count_of("face.deleted"), 1);
}

TEST_F(EnrolmentTest, RefusesAnotherFaceOfAPersonWhoIsEnrolledAndCountsIt)
{
    enrolled("ana", "ana/1");

    EXPECT_EQ(enrol("ana", {"bob/1"}).error().code, ErrorCode::FaceAlreadyRegistered);
    EXPECT_EQ(enrol("ana", {"ana/2", "ana/3"})->face.pictures, 2);
    EXPECT_EQ(count_of("face.not_matched"), 1);
    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(enrol("ana", {"bob/" + std::to_string(i)}).error().code,
                  ErrorCode::FaceAlreadyRegistered);
    }
    EXPECT_EQ(enrol("ana", {"ana/4"}).error().code, ErrorCode::RateLimited)
        << "nobody tries out faces by enrolling them";
}

TEST_F(EnrolmentTest, ReplacesAFaceForWhoMayManage)
{
    const auto old = enrolled("ana", "ana/1");
    auto request = enrol_request("ana", {"bob/1"});
    request.replace = true;

    const auto done = enrolment_->enrol(request, all_).value();
    EXPECT_EQ(faces_of("ana").size(), 2U) << "the old one stays until the new one is shown";
    const auto& id = done.validation->validation.id;
    ASSERT_TRUE(verify(id, "bob/2"));
    ASSERT_TRUE(show(id, "bob/3"));

    ASSERT_EQ(faces_of("ana").size(), 1U);
    EXPECT_EQ(faces_of("ana")[0].id, done.face.id);
    EXPECT_EQ(verify(started("ana"), "ana/2").error().code, ErrorCode::FaceNotMatched);
}

TEST_F(EnrolmentTest, KnowsNobodyWhomTheSourceDoesNotKnow)
{
    use_directory();

    EXPECT_EQ(enrol("ana", {"ana/1"}).error().code, ErrorCode::UserNotFound);
}

TEST_F(EnrolmentTest, KeepsAReceiptOfTheConsentThatAFlowAsksFor)
{
    change_flow([](projects::Flow& flow) { flow.biometric.require_consent = true; });
    EXPECT_EQ(enrol("ana", {"ana/1"}).error().code, ErrorCode::ConsentRequired);
    auto request = enrol_request("ana", {"ana/1"});
    request.consent = biometrics::GivenConsent{"2026-03", clock_.now(), "203.0.113.9"};

    const auto done = enrolment_->enrol(request, all_).value();

    const auto consents = stores_->faces().consents(project_id_, "ana", {})->items;
    ASSERT_EQ(consents.size(), 1U);
    EXPECT_EQ(consents[0].text_version, "2026-03");
    EXPECT_EQ(consents[0].client_ip, "203.0.113.9");
    EXPECT_EQ(done.face.consent_id, consents[0].id);
    EXPECT_EQ(count_of("consent.recorded"), 1);
}

TEST_F(EnrolmentTest, DestroysTheFacesUnderAConsentThatIsWithdrawn)
{
    auto request = enrol_request("ana", {"ana/1"});
    request.consent = biometrics::GivenConsent{"2026-03", clock_.now(), {}};
    request.activate = true;
    const auto under_it = enrolment_->enrol(request, all_).value().face;
    enrolled("ana", "ana/2");  // Under the same consent, as no other is given.

    const auto destroyed =
        stores_->faces().withdraw(project_id_, "ana", under_it.consent_id, clock_.now(), true, {});

    EXPECT_EQ(destroyed.value(), 2);
    EXPECT_TRUE(faces_of("ana").empty());
    EXPECT_FALSE(stores_->biometrics().find_person(project_id_, "ana")->key);
    EXPECT_EQ(count_of("consent.withdrawn"), 1);
    EXPECT_EQ(stores_->faces()
                  .withdraw(project_id_, "ana", under_it.consent_id, clock_.now(), true, {})
                  .value(),
              0);
    EXPECT_EQ(stores_->faces()
                  .withdraw(project_id_, "bob", under_it.consent_id, clock_.now(), true, {})
                  .error()
                  .code,
              ErrorCode::ConsentNotFound);
}

TEST_F(EnrolmentTest, RefusesTheFaceOfAnotherUserWhereTheFlowSaysSo)
{
    enrolled("bob", "bob/1");
    EXPECT_TRUE(enrol("eve", {"bob/2"})) << "not unless the flow says so";
    change_flow([](projects::Flow& flow) { flow.biometric.reject_duplicate_faces = true; });

    EXPECT_EQ(enrol("mallory", {"bob/3"}).error().code, ErrorCode::DuplicateFace);
    EXPECT_TRUE(enrol("bob", {"bob/4"})) << "one's own face is no duplicate";
    EXPECT_TRUE(enrol("ana", {"ana/1"}));
}

TEST_F(EnrolmentTest, LetsABrowserEnrolOnlyWhomItsLoginHasProven)
{
    // A login of Ana's in which nothing is validated yet, as a browser would have it.
    enrolled("ana", "ana/1");
    const auto begun = start("ana").value().validation.validation;
    auto request = enrol_request("", {"ana/2"});
    request.where.browser = BrowserLogin{project_id_, flow_id_, begun.login_id};
    request.where.login_id = begun.login_id;
    EXPECT_EQ(enrolment_->enrol(request, all_).error().code, ErrorCode::InsufficientScope);
    request.user_id = "ana";
    EXPECT_EQ(enrolment_->enrol(request, all_).error().code, ErrorCode::InsufficientScope);

    // A face alone vouches for no other face.
    change_flow([](projects::Flow& flow) {
        flow.policy = {projects::Policy::Kind::All, {Method::Email, Method::Biometric}};
    });
    ASSERT_TRUE(verify(begun.id, "ana/2"));
    ASSERT_TRUE(show(begun.id, "ana/3"));
    EXPECT_EQ(enrolment_->enrol(request, all_).error().code, ErrorCode::InsufficientScope);
}

TEST_F(EnrolmentTest, ErasesFacesConsentsAndPicturesWithTheirUser)
{
    auto request = enrol_request("ana", {"ana/1"});
    request.consent = biometrics::GivenConsent{"2026-03", clock_.now(), {}};
    request.activate = true;
    const auto key_id = enrolment_->enrol(request, all_).value().face.key_id;
    ASSERT_TRUE(show(started("ana"), "ana/2"));

    const auto erased = directory_->erase(project_id_, "ana", true, {}, {}).value();

    EXPECT_EQ(erased.faces, 1);
    EXPECT_TRUE(faces_of("ana").empty());
    EXPECT_TRUE(stores_->faces().consents(project_id_, "ana", {})->items.empty());
    EXPECT_TRUE(stores_->biometrics().seen_pictures(project_id_, "ana", {}, clock_.now())->empty());
    const auto destroyed = stores_->faces().destroyed_after(0, 10).value();
    ASSERT_EQ(destroyed.size(), 1U);
    EXPECT_EQ(destroyed[0].id, key_id);
}

TEST_F(EnrolmentTest, RemovesFacesThatNobodyUses)
{
    enrolled("ana", "ana/1");
    enrolled("bob", "bob/1");
    clock_.advance(std::chrono::days{300});
    const auto id = started("bob");
    ASSERT_TRUE(verify(id, "bob/2"));
    ASSERT_TRUE(show(id, "bob/3"));
    clock_.advance(std::chrono::days{100});

    const auto removed = stores_->faces().remove_unused(
        project_id_, clock_.now() - std::chrono::days{365}, true, clock_.now(), 100);

    EXPECT_EQ(removed.value(), 1);
    EXPECT_TRUE(faces_of("ana").empty());
    EXPECT_EQ(faces_of("bob").size(), 1U);
}

TEST_F(EnrolmentTest, KeepsNothingOfAFaceInClear)
{
    enrolled("ana", "ana/1");
    ASSERT_TRUE(show(started("ana"), "ana/2"));
    stores_.reset();  // The log is folded into the file.

    const auto numbers =
        vault_ ? FakeAnalyst{}.analyse("ana/1", {})->embedding->values : std::vector<float>{};
    const std::string bytes{reinterpret_cast<const char*>(numbers.data()),
                            numbers.size() * sizeof(float)};
    for (const auto* name : {"accessd.db", "accessd.db-wal"}) {
        EXPECT_EQ(folder_.read(name).find(bytes.substr(0, 16)), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace accessd::test
