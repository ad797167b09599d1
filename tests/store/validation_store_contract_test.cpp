#include "store_fixture.h"

#include <algorithm>
#include <atomic>

namespace accessd::test {
namespace {

using access::LoginStatus;
using access::ValidationStatus;
using namespace std::chrono_literals;

/// What every ValidationStore promises about using codes.
class UseCodeContract : public StoreContract {};

TEST_P(UseCodeContract, UsesARightCodeOnce)
{
    const auto validation = sent("ana@example.com");

    const auto used = validations_.use(use_code(validation));
    const auto again = validations_.use(use_code(validation));

    ASSERT_TRUE(used);
    EXPECT_EQ(used->validation.status, ValidationStatus::Validated);
    EXPECT_EQ(used->login.status, LoginStatus::Complete);
    EXPECT_EQ(used->user.email, "ana@example.com");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyValidated);
}

TEST_P(UseCodeContract, ChargesWrongCodesUntilNoneIsLeft)
{
    const auto validation = sent("ana@example.com");
    for (const int left : {2, 1, 0}) {
        const auto used = validations_.use(use_code(validation, "wrong"));
        ASSERT_FALSE(used);
        EXPECT_EQ(used.error().code, ErrorCode::InvalidOtp);
        EXPECT_EQ(std::get<std::int64_t>(used.error().details.at(0).second), left);
    }

    const auto right = validations_.use(use_code(validation));

    ASSERT_FALSE(right);
    EXPECT_EQ(right.error().code, ErrorCode::AttemptsExhausted);
    EXPECT_EQ((*validations_.find(validation.id, ProjectScope::all()))->status,
              ValidationStatus::Failed);
}

TEST_P(UseCodeContract, RefusesACodeAtItsExpiry)
{
    const auto validation = sent("ana@example.com");
    clock_.set(validation.expires_at);

    EXPECT_EQ(validations_.use(use_code(validation)).error().code, ErrorCode::OtpExpired);
}

TEST_P(UseCodeContract, TakesACodeJustBeforeItsExpiry)
{
    const auto validation = sent("ana@example.com");
    clock_.set(validation.expires_at - 1ms);

    EXPECT_TRUE(validations_.use(use_code(validation)));
}

TEST_P(UseCodeContract, HidesACodeFromOtherProjectsAndRecipients)
{
    insert_project("prj_2", "other");
    const auto validation = sent("ana@example.com");
    auto other_project = use_code(validation);
    other_project.project_id = "prj_2";
    auto other_recipient = use_code(validation);
    other_recipient.recipient = "bob@example.com";
    auto other_id = use_code(validation);
    other_id.validation_id = new_id("val_");

    for (const auto& use : {other_project, other_recipient, other_id}) {
        EXPECT_EQ(validations_.use(use).error().code, ErrorCode::ValidationNotFound);
    }
    const auto untouched = validations_.find(validation.id, ProjectScope::all());
    EXPECT_EQ((*untouched)->attempts_remaining, 3);
}

TEST_P(UseCodeContract, LetsOneOfManyConcurrentUsesWin)
{
    for (int round = 0; round < 30; ++round) {
        const auto validation = sent("ana" + std::to_string(round) + "@example.com");
        std::atomic<int> wins{0};

        together(8, [&](int) {
            if (validations_.use(use_code(validation))) ++wins;
        });

        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(UseCodeContract, ComparesNoMoreThanTheAttemptsAllowedHoweverManyTry)
{
    for (int round = 0; round < 30; ++round) {
        const auto validation = sent("ana" + std::to_string(round) + "@example.com");
        std::atomic<int> compared{0};

        together(16, [&](int) {
            const auto used = validations_.use(use_code(validation, "wrong"));
            if (!used && used.error().code == ErrorCode::InvalidOtp) ++compared;
        });

        ASSERT_EQ(compared, 3) << "round " << round;
    }
}

TEST_P(UseCodeContract, MatchesTheDigestOfThePepperThatMadeTheCodeOnly)
{
    const auto validation = sent("ana@example.com");
    auto wrong_pepper = use_code(validation);
    wrong_pepper.candidates = {{2, "digest of right"}, {3, "digest of wrong"}};
    auto with_older = use_code(validation);
    with_older.candidates = {{3, "digest of other"}, {1, "digest of right"}};

    EXPECT_EQ(validations_.use(wrong_pepper).error().code, ErrorCode::InvalidOtp);
    EXPECT_TRUE(validations_.use(with_older));
}

TEST_P(UseCodeContract, KeepsADecoyFromMatching)
{
    auto send = send_code("nobody@example.com");
    send.validation.decoy = true;
    const auto validation = validations_.send(send)->validation;

    EXPECT_EQ(validations_.use(use_code(validation)).error().code, ErrorCode::InvalidOtp);
    EXPECT_TRUE(stores_->outbox().of_validation(project_id_, validation.id)->empty());
}

TEST_P(UseCodeContract, CompletesALoginOfSeveralMethodsWithTheLast)
{
    auto use = use_code(sent("ana@example.com"));
    use.policy = {projects::Policy::Kind::All, {projects::Method::Email, projects::Method::Phone}};

    const auto used = validations_.use(use);

    ASSERT_TRUE(used);
    EXPECT_EQ(used->login.status, LoginStatus::Pending);
    EXPECT_EQ(used->login.methods_done, std::vector{projects::Method::Email});
    EXPECT_EQ(used->login.user_id, used->user.user_id);
}

TEST_P(UseCodeContract, RefusesAValidationOfACompleteLogin)
{
    const auto first = sent("ana@example.com");
    auto send = send_code("bob@example.com");
    send.continue_login_id = first.login_id;
    const auto second = validations_.send(send)->validation;
    ASSERT_TRUE(validations_.use(use_code(first)));

    EXPECT_EQ(validations_.use(use_code(second)).error().code, ErrorCode::LoginComplete);
}

TEST_P(UseCodeContract, RefusesAContactOfAnotherUserThanTheLogins)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));
    ASSERT_TRUE(stores_->users().insert(user("bob", "bob@example.com"), true));
    const auto of_ana = sent("ana@example.com");
    auto send = send_code("bob@example.com");
    send.continue_login_id = of_ana.login_id;
    const auto of_bob = validations_.send(send)->validation;
    auto first = use_code(of_ana);
    first.policy.kind = projects::Policy::Kind::All;
    first.policy.methods = {projects::Method::Email, projects::Method::Phone};
    ASSERT_TRUE(validations_.use(first));

    EXPECT_EQ(validations_.use(use_code(of_bob)).error().code, ErrorCode::LoginUserMismatch);
    EXPECT_EQ((*validations_.find(of_bob.id, ProjectScope::all()))->status,
              ValidationStatus::Failed);
}

TEST_P(UseCodeContract, AddsAMissingContactOnlyWhereTheFlowTakesIt)
{
    for (const std::string id : {"ana", "eve"}) {
        const bool may_add = id == "ana";
        ASSERT_TRUE(stores_->users().insert(user(id, id + "@old.example"), true));
        const auto first = sent(id + "@old.example");
        auto use_first = use_code(first);
        use_first.policy = {projects::Policy::Kind::All,
                            {projects::Method::Email, projects::Method::Phone}};
        ASSERT_TRUE(validations_.use(use_first));
        auto without_email = **stores_->users().find(project_id_, id);
        without_email.email.reset();
        ASSERT_TRUE(stores_->users().update(without_email, true));

        auto send = send_code(id + "@new.example");
        send.continue_login_id = first.login_id;
        send.add_missing_contacts = may_add;
        const auto second = validations_.send(send);
        ASSERT_EQ(second.has_value(), may_add);
        if (!may_add) {
            EXPECT_EQ(second.error().code, ErrorCode::LoginUserMismatch);
            continue;
        }
        auto use_second = use_code(second->validation);
        use_second.add_missing_contacts = true;
        ASSERT_TRUE(validations_.use(use_second));
        EXPECT_EQ((*stores_->users().find(project_id_, id))->email, id + "@new.example");
    }
}

TEST_P(UseCodeContract, WritesWhatHappenedInOrder)
{
    const auto validation = sent("ana@example.com");
    ASSERT_FALSE(validations_.use(use_code(validation, "wrong")));
    ASSERT_TRUE(validations_.use(use_code(validation)));

    EXPECT_EQ(event_names(),
              (std::vector<std::string>{"validation.created", "otp.failed", "user.created",
                                        "validation.validated", "login.completed"}));
    const auto list = stores_->events().after(project_id_, 0, 100);
    std::int64_t sequence = 0;
    for (const auto& event : *list) EXPECT_EQ(event.sequence, ++sequence);
    EXPECT_EQ(list->front().destination, "a•••@example.com");
}

TEST_P(UseCodeContract, SaysThatTheLastWrongCodeEndedIt)
{
    const auto validation = sent("ana@example.com");
    for (int i = 0; i < 3; ++i) ASSERT_FALSE(validations_.use(use_code(validation, "wrong")));

    EXPECT_EQ(event_names(),
              (std::vector<std::string>{"validation.created", "otp.failed", "otp.failed",
                                        "otp.failed", "validation.failed"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, UseCodeContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
