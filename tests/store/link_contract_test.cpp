#include "store_fixture.h"

#include "access/lock_store.h"
#include "access/login_code_store.h"

#include <algorithm>
#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using access::LoginCode;
using access::LoginStatus;
using access::ValidationStatus;

/// What every store promises of links, and of the codes that finished logins hand over.
class LinkContract : public StoreContract {
protected:
    /// A send whose code has a link with this digest.
    access::SendCode send_link(const std::string& email, const std::string& link)
    {
        auto send = send_code(email);
        send.validation.redirect_url = "https://shop.example/in";
        send.make_code = [link](const std::string&, bool decoy) {
            if (decoy) return access::SealedCode{"nothing fits", 1, "", ""};
            return access::SealedCode{"digest of right", 1, "sealed " + link, link};
        };
        return send;
    }
    access::Validation linked(const std::string& email, const std::string& link)
    {
        return validations_.send(send_link(email, link))->validation;
    }
    access::UseCode press(const access::Validation& validation, const std::string& link)
    {
        auto use = use_code(validation);
        use.candidates.clear();
        use.link_digest = link;
        use.login_code =
            LoginCode{"code of " + link, {}, {}, "https://shop.example/in", {}, clock_.now() + 60s};
        return use;
    }
    ErrorCode refusal(const access::UseCode& use) { return validations_.use(use).error().code; }
    access::Validation stored(const access::Validation& validation)
    {
        return **validations_.find(validation.id, ProjectScope::all());
    }

    access::LoginCodeStore& codes_ = stores_->login_codes();
    const ProjectScope all_ = ProjectScope::all();
};

TEST_P(LinkContract, FindsAPendingValidationByItsLink)
{
    const auto validation = linked("ana@example.com", "link");

    const auto found = *validations_.find_by_link("link");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->validation.id, validation.id);
    EXPECT_EQ(found->sealed_code, "sealed link");
    EXPECT_FALSE(*validations_.find_by_link("other"));
    EXPECT_FALSE(*validations_.find_by_link(""));
}

TEST_P(LinkContract, FindsNothingForValidationsWithoutALink)
{
    sent("ana@example.com");
    auto decoy = send_link("bob@example.com", "link");
    decoy.validation.decoy = true;
    ASSERT_TRUE(validations_.send(decoy));

    EXPECT_FALSE(*validations_.find_by_link(""));
    EXPECT_FALSE(*validations_.find_by_link("link"));
}

TEST_P(LinkContract, UsesALinkOnce)
{
    const auto validation = linked("ana@example.com", "link");

    const auto used = validations_.use(press(validation, "link"));

    ASSERT_TRUE(used);
    EXPECT_EQ(used->login.status, LoginStatus::Complete);
    EXPECT_EQ(used->validation.status, ValidationStatus::Validated);
    EXPECT_EQ(used->validation.attempts_remaining, 3) << "a link is no try";
    EXPECT_EQ(refusal(press(validation, "link")), ErrorCode::AlreadyValidated);
    EXPECT_EQ(refusal(use_code(validation)), ErrorCode::AlreadyValidated);
    EXPECT_FALSE(*validations_.find_by_link("link"));
    const auto names = event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "login.completed"), 1);
}

TEST_P(LinkContract, ChargesNothingForAWrongLink)
{
    const auto validation = linked("ana@example.com", "link");
    const auto events = event_names();

    for (int i = 0; i < 150; ++i) EXPECT_FALSE(validations_.use(press(validation, "forged")));

    EXPECT_EQ(stored(validation).attempts_remaining, 3);
    EXPECT_EQ(event_names(), events);
    EXPECT_TRUE(stores_->locks().list(project_id_, {})->items.empty());
    EXPECT_TRUE(validations_.use(press(validation, "link")));
}

TEST_P(LinkContract, TakesALinkForItsOwnValidationAlone)
{
    const auto ana = linked("ana@example.com", "link of ana");
    const auto bob = linked("bob@example.com", "link of bob");
    auto elsewhere = press(ana, "link of ana");
    elsewhere.project_id = "prj_2";

    EXPECT_FALSE(validations_.use(press(bob, "link of ana")));
    EXPECT_EQ(refusal(elsewhere), ErrorCode::ValidationNotFound);
    EXPECT_EQ(stored(ana).status, ValidationStatus::Pending);
    EXPECT_EQ(stored(bob).status, ValidationStatus::Pending);
}

TEST_P(LinkContract, DiesWithTheCode)
{
    const auto by_code = linked("a@example.com", "1");
    ASSERT_TRUE(validations_.use(use_code(by_code)));
    EXPECT_EQ(refusal(press(by_code, "1")), ErrorCode::AlreadyValidated);

    const auto canceled = linked("b@example.com", "2");
    ASSERT_TRUE(validations_.cancel(canceled.id, all_, clock_.now()));
    EXPECT_EQ(refusal(press(canceled, "2")), ErrorCode::ValidationCanceled);

    const auto failed = linked("c@example.com", "3");
    for (int i = 0; i < 3; ++i) (void)validations_.use(use_code(failed, "wrong"));
    EXPECT_EQ(refusal(press(failed, "3")), ErrorCode::AttemptsExhausted);

    const auto late = linked("d@example.com", "4");
    clock_.advance(10min);
    EXPECT_EQ(refusal(press(late, "4")), ErrorCode::OtpExpired);
    ASSERT_TRUE(validations_.expire(clock_.now(), 100));
    for (const auto* link : {"1", "2", "3", "4"}) {
        EXPECT_FALSE(*validations_.find_by_link(link)) << link;
    }
}

TEST_P(LinkContract, GoesOutAgainWithTheSameCodeAndIsReplacedWithANewOne)
{
    const auto validation = linked("ana@example.com", "first");
    ASSERT_TRUE(validations_.send(send_link("ana@example.com", "unused")));
    const auto messages = *stores_->outbox().of_validation(project_id_, validation.id);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[1].sealed_code, "sealed first");

    (void)validations_.use(use_code(validation, "wrong"));
    auto again = send_link("ana@example.com", "second");
    again.validation.redirect_url = "https://shop.example/other";
    again.validation.client_ip = "192.0.2.7";
    ASSERT_TRUE(validations_.send(again));

    EXPECT_FALSE(validations_.use(press(validation, "first")));
    EXPECT_EQ(stored(validation).redirect_url, "https://shop.example/other");
    EXPECT_EQ(stored(validation).client_ip, "192.0.2.7");
    EXPECT_TRUE(validations_.use(press(validation, "second")));
}

TEST_P(LinkContract, IsGoneWhenANewCodeHasNone)
{
    const auto validation = linked("ana@example.com", "first");
    (void)validations_.use(use_code(validation, "wrong"));
    ASSERT_TRUE(validations_.send(send_code("ana@example.com")));

    EXPECT_FALSE(*validations_.find_by_link("first"));
    EXPECT_FALSE(validations_.use(press(validation, "first")));
}

TEST_P(LinkContract, LetsOneOfManyPressesWin)
{
    for (int round = 0; round < 20; ++round) {
        const auto link = "link " + std::to_string(round);
        const auto validation = linked("ana" + std::to_string(round) + "@example.com", link);
        std::atomic<int> wins{0};

        together(8, [&](int thread) {
            auto use = thread % 2 == 0 ? press(validation, link) : use_code(validation);
            if (validations_.use(use)) ++wins;
        });

        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(LinkContract, KeepsACodeForACompleteLoginAlone)
{
    auto all = press(linked("ana@example.com", "ana"), "ana");
    all.policy = {projects::Policy::Kind::All,
                  {projects::Method::Email, projects::Method::Biometric}};
    ASSERT_TRUE(validations_.use(all));
    EXPECT_FALSE(*codes_.take("code of ana", all_, clock_.now()));

    const auto used = validations_.use(press(linked("bob@example.com", "bob"), "bob"));
    const auto code = *codes_.take("code of bob", all_, clock_.now());

    ASSERT_TRUE(code);
    EXPECT_EQ(code->login_id, used->login.id);
    EXPECT_EQ(code->project_id, project_id_);
    EXPECT_EQ(code->redirect_url, "https://shop.example/in");
    EXPECT_EQ(code->code_challenge, "");
}

TEST_P(LinkContract, GivesACodeToOneOfManyWithinItsScopeAndTime)
{
    for (int round = 0; round < 20; ++round) {
        const auto name = "link " + std::to_string(round);
        const auto email = "ana" + std::to_string(round) + "@example.com";
        ASSERT_TRUE(validations_.use(press(linked(email, name), name)));
        EXPECT_FALSE(*codes_.take("code of " + name, ProjectScope::only({"prj_2"}), clock_.now()));
        EXPECT_FALSE(*codes_.take("code of " + name, ProjectScope::only({}), clock_.now()));
        EXPECT_FALSE(*codes_.take("code of " + name, all_, clock_.now() + 60s));
        std::atomic<int> wins{0};

        together(8, [&](int) {
            const auto mine = ProjectScope::only({"prj_2", project_id_});
            if (*codes_.take("code of " + name, mine, clock_.now() + 59s)) ++wins;
        });

        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(LinkContract, ForgetsCodesPastTheirTimeAndThoseOfErasedPeople)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));
    ASSERT_TRUE(validations_.use(press(linked("ana@example.com", "ana"), "ana")));
    ASSERT_TRUE(validations_.use(press(linked("bob@example.com", "bob"), "bob")));
    EXPECT_EQ(*codes_.prune(clock_.now() + 59s, 10), 0);

    ASSERT_TRUE(stores_->users().erase(project_id_, "ana", clock_.now(), true));

    EXPECT_FALSE(*codes_.take("code of ana", all_, clock_.now()));
    EXPECT_EQ(*codes_.prune(clock_.now() + 60s, 10), 1);
    EXPECT_FALSE(*codes_.take("code of bob", all_, clock_.now()));
}

/// Links that end locks.
class UnlockLinkContract : public LinkContract {
protected:
    /// Fails until the method pauses for the address. Returns the validation that was tried.
    access::Validation lock(const std::string& email, const std::string& link, bool decoy = false)
    {
        auto send = send_code(email);
        send.login.opened_by = new_id("key_");
        send.limit_key = send.login.id;
        send.validation.decoy = decoy;
        send.validation.max_attempts = send.validation.attempts_remaining = 1000;
        auto validation = validations_.send(send)->validation;
        for (int i = 0; i < 100; ++i) (void)validations_.use(failure(validation, link, i));
        return validation;
    }
    access::UseCode failure(const access::Validation& validation, const std::string& link,
                            int client)
    {
        auto use = use_code(validation, "wrong");
        use.client = "n" + std::to_string(client);
        use.make_unlock_link = [this, link] {
            return access::UnlockLink{link, new_id("msg_"), "sealed " + link};
        };
        return use;
    }
    std::vector<delivery::Message> mails(const access::Validation& validation)
    {
        auto all = *stores_->outbox().of_validation(project_id_, validation.id);
        std::erase_if(
            all, [](const auto& message) { return message.kind != delivery::MessageKind::Unlock; });
        return all;
    }

    access::LockStore& locks_ = stores_->locks();
};

TEST_P(UnlockLinkContract, IsMailedOnceWithTheLock)
{
    const auto validation = lock("ana@example.com", "link");
    for (int i = 0; i < 20; ++i) (void)validations_.use(failure(validation, "more", 200 + i));

    const auto found = mails(validation);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sealed_code, "sealed link");
    EXPECT_EQ(found[0].recipient, "ana@example.com");
    EXPECT_EQ(found[0].expires_at, clock_.now() + 24h);
    const auto locked = *locks_.find_by_link("link", clock_.now());
    ASSERT_TRUE(locked);
    EXPECT_EQ(locked->identity.contact, "ana@example.com");
    EXPECT_FALSE(*locks_.find_by_link("more", clock_.now()));
    EXPECT_FALSE(*locks_.find_by_link("", clock_.now()));
}

TEST_P(UnlockLinkContract, IsSentThoughItsValidationHasEnded)
{
    const auto validation = lock("ana@example.com", "link");
    ASSERT_TRUE(validations_.cancel(validation.id, all_, clock_.now()));
    clock_.advance(12h);

    const auto leased = *stores_->outbox().lease(10, 60s, clock_.now());

    ASSERT_EQ(leased.size(), 1U);
    EXPECT_EQ(leased[0].kind, delivery::MessageKind::Unlock);
    delivery::AttemptReport report;
    report.attempt.message_id = leased[0].id;
    report.leased_until = leased[0].leased_until;
    report.status = delivery::MessageStatus::Sent;
    ASSERT_TRUE(stores_->outbox().report({report}, clock_.now()));
    const auto names = event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "otp.sent"), 0) << "it holds no code";
}

TEST_P(UnlockLinkContract, IsNotSentOnceTheLockIsGone)
{
    const auto validation = lock("ana@example.com", "link");
    const auto id = locks_.list(project_id_, {})->items.at(0).id;
    ASSERT_TRUE(locks_.clear(id, all_, access::kUnlockedByOperator, clock_.now(), {}));
    ASSERT_TRUE(validations_.cancel(validation.id, all_, clock_.now()));

    EXPECT_TRUE(stores_->outbox().lease(10, 60s, clock_.now())->empty());
    EXPECT_EQ(mails(validation).at(0).status, delivery::MessageStatus::Superseded);
    EXPECT_EQ(locks_.clear_by_link("link", clock_.now()).error().code, ErrorCode::LockNotFound);
}

TEST_P(UnlockLinkContract, IsNotMailedToADecoy)
{
    const auto validation = lock("nobody@example.com", "link", true);

    EXPECT_EQ(locks_.list(project_id_, {})->items.size(), 1U);
    EXPECT_TRUE(mails(validation).empty());
    EXPECT_FALSE(*locks_.find_by_link("link", clock_.now()));
}

TEST_P(UnlockLinkContract, EndsTheLockAndItsFailuresOnce)
{
    const auto validation = lock("ana@example.com", "link");
    EXPECT_EQ(refusal(use_code(validation)), ErrorCode::Locked);
    std::atomic<int> wins{0};

    together(8, [&](int) {
        if (locks_.clear_by_link("link", clock_.now())) ++wins;
    });

    EXPECT_EQ(wins, 1);
    const auto event = stores_->events().after(project_id_, 0, 1000)->back();
    EXPECT_EQ(event.type, events::EventType::SecurityUnlocked);
    EXPECT_EQ(event.reason, "link");
    for (int i = 0; i < 99; ++i) {
        EXPECT_EQ(refusal(failure(validation, "next", i)), ErrorCode::InvalidOtp);
    }
    EXPECT_TRUE(validations_.use(use_code(validation)));
}

TEST_P(UnlockLinkContract, IsGoodForADay)
{
    lock("ana@example.com", "link");
    clock_.advance(24h - 1ms);
    EXPECT_TRUE(*locks_.find_by_link("link", clock_.now()));
    clock_.advance(1ms);

    EXPECT_FALSE(*locks_.find_by_link("link", clock_.now()));
    EXPECT_EQ(locks_.clear_by_link("link", clock_.now()).error().code, ErrorCode::LockNotFound);
    EXPECT_EQ(locks_.list(project_id_, {})->items.size(), 1U);
}

TEST_P(UnlockLinkContract, HoldsMagicLinksToo)
{
    const auto with_link = linked("ana@example.com", "login");
    lock("ana@example.com", "unlock");

    EXPECT_EQ(refusal(press(with_link, "login")), ErrorCode::Locked);
    ASSERT_TRUE(locks_.clear_by_link("unlock", clock_.now()));
    EXPECT_TRUE(validations_.use(press(with_link, "login")));
}

INSTANTIATE_TEST_SUITE_P(Engines, LinkContract, testing::ValuesIn(backends()), backend_name);
INSTANTIATE_TEST_SUITE_P(Engines, UnlockLinkContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
