#include "store_fixture.h"

#include "access/lock_store.h"

#include <algorithm>
#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongAgo = 31 * 24h;

/// What every store promises about consecutive failures, and the locks that come of them.
class LockStoreContract : public StoreContract {
protected:
    /// A new validation, with more attempts than any test spends, whatever the limit of sends.
    access::Validation opened(const std::string& email, bool decoy = false)
    {
        auto send = send_code(email);
        send.login.opened_by = new_id("key_");
        send.limit_key = send.login.id;
        send.validation.decoy = decoy;
        send.validation.max_attempts = send.validation.attempts_remaining = 1000;
        const auto sent = validations_.send(send);
        if (!sent) throw std::runtime_error{std::string{to_text(sent.error().code)}};
        return sent->validation;
    }

    access::UseCode use_from(const access::Validation& validation, const std::string& client,
                             const std::string& digits = "wrong")
    {
        auto use = use_code(validation, digits);
        use.client = client;
        return use;
    }

    ErrorCode fail(const access::Validation& validation, const std::string& client)
    {
        return validations_.use(use_from(validation, client)).error().code;
    }

    /// Fails from ever new clients, so that nobody waits.
    void fail_from_anywhere(const access::Validation& validation, int times)
    {
        for (int i = 0; i < times; ++i) {
            ASSERT_EQ(fail(validation, "n" + std::to_string(next_client_++)),
                      ErrorCode::InvalidOtp);
        }
    }

    int attempts_left(const access::Validation& validation)
    {
        return (*validations_.find(validation.id, ProjectScope::all()))->attempts_remaining;
    }

    std::vector<access::Lock> locks() { return stores_->locks().list(project_id_, {})->items; }

    int next_client_ = 0;
};

TEST_P(LockStoreContract, MakesAClientWaitTwiceAsLongWithEachFailure)
{
    const auto validation = opened("ana@example.com");
    for (int i = 0; i < 10; ++i) EXPECT_EQ(fail(validation, "n"), ErrorCode::InvalidOtp);

    for (const auto wait : {30s, 60s, 120s}) {
        const auto refused = validations_.use(use_from(validation, "n", "right")).error();
        EXPECT_EQ(refused.code, ErrorCode::RateLimited);
        EXPECT_EQ(refused.retry_after, wait);
        EXPECT_EQ(std::get<std::string>(refused.details.back().second), "failures_wait");
        clock_.advance(wait - 1ms);
        EXPECT_EQ(fail(validation, "n"), ErrorCode::RateLimited);
        clock_.advance(1ms);
        EXPECT_EQ(fail(validation, "n"), ErrorCode::InvalidOtp);
    }
    EXPECT_EQ(attempts_left(validation), 1000 - 13);
}

TEST_P(LockStoreContract, LetsOtherClientsTryMeanwhile)
{
    const auto validation = opened("ana@example.com");
    for (int i = 0; i < 10; ++i) (void)fail(validation, "guesser");

    EXPECT_EQ(fail(validation, ""), ErrorCode::InvalidOtp);
    EXPECT_TRUE(validations_.use(use_from(validation, "own", "right")));

    const auto next = opened("ana@example.com");
    EXPECT_EQ(fail(next, "guesser"), ErrorCode::RateLimited) << "another's success is no new try";
    EXPECT_EQ(fail(next, "own"), ErrorCode::InvalidOtp);
}

TEST_P(LockStoreContract, CountsAcrossValidationsUntilASuccess)
{
    for (int i = 0; i < 9; ++i) (void)fail(opened("ana@example.com"), "n");
    ASSERT_TRUE(validations_.use(use_from(opened("ana@example.com"), "n", "right")));
    clock_.advance(60s);
    const auto validation = opened("ana@example.com");
    for (int i = 0; i < 10; ++i) EXPECT_EQ(fail(validation, "n"), ErrorCode::InvalidOtp) << i;

    EXPECT_EQ(fail(validation, "n"), ErrorCode::RateLimited);
}

TEST_P(LockStoreContract, LocksAfterAHundredFailuresFromAnywhere)
{
    const auto validation = opened("ana@example.com");
    fail_from_anywhere(validation, 100);
    clock_.advance(61s);

    EXPECT_EQ(validations_.use(use_from(validation, "own", "right")).error().code,
              ErrorCode::Locked);
    EXPECT_EQ(validations_.send(send_code("ana@example.com")).error().code, ErrorCode::Locked);
    EXPECT_EQ(attempts_left(validation), 900);
    ASSERT_EQ(locks().size(), 1U);
    EXPECT_EQ(locks()[0].identity.contact, "ana@example.com");
    EXPECT_EQ(locks()[0].failures, 100);
    EXPECT_EQ(event_names().back(), "security.locked");
    clock_.advance(kLongAgo);
    EXPECT_EQ(validations_.send(send_code("ana@example.com")).error().code, ErrorCode::Locked);
}

TEST_P(LockStoreContract, ComparesNoMoreThanTheLimitHoweverManyTry)
{
    const auto validation = opened("ana@example.com");
    std::atomic<int> compared{0};
    std::atomic<int> locked{0};

    together(16, [&](int thread) {
        for (int i = 0; i < 12; ++i) {
            auto use = use_from(validation, std::to_string(thread * 100 + i));
            const auto code = validations_.use(use).error().code;
            if (code == ErrorCode::InvalidOtp) ++compared;
            if (code == ErrorCode::Locked) ++locked;
        }
    });

    EXPECT_EQ(compared, 100);
    EXPECT_EQ(locked, 16 * 12 - 100);
    EXPECT_EQ(locks().size(), 1U);
}

TEST_P(LockStoreContract, TreatsADecoyAlike)
{
    const auto decoy = opened("nobody@example.com", true);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(fail(decoy, "n"), ErrorCode::InvalidOtp);
    EXPECT_EQ(fail(decoy, "n"), ErrorCode::RateLimited);
    fail_from_anywhere(decoy, 90);

    EXPECT_EQ(fail(decoy, "n"), ErrorCode::Locked);
    EXPECT_EQ(validations_.send(send_code("nobody@example.com")).error().code, ErrorCode::Locked);
}

TEST_P(LockStoreContract, CountsNoOtherProjectContactOrRefusal)
{
    insert_project("prj_2", "other");
    fail_from_anywhere(opened("ana@example.com"), 99);
    auto send = send_code("ana@example.com");
    send.validation.project_id = send.login.project_id = "prj_2";
    send.limit_key = "email:prj_2:ana@example.com";
    const auto elsewhere = validations_.send(send)->validation;
    EXPECT_EQ(fail(elsewhere, "n"), ErrorCode::InvalidOtp);
    EXPECT_EQ(fail(opened("bob@example.com"), "n"), ErrorCode::InvalidOtp);
    auto unknown = use_from(elsewhere, "n");
    unknown.validation_id = new_id("val_");
    EXPECT_EQ(validations_.use(unknown).error().code, ErrorCode::ValidationNotFound);
    EXPECT_TRUE(locks().empty());

    fail_from_anywhere(opened("ana@example.com"), 1);

    EXPECT_EQ(locks().size(), 1U);
}

TEST_P(LockStoreContract, IsClearedByAnOperatorOfItsProjectOnly)
{
    const auto validation = opened("ana@example.com");
    for (int i = 0; i < 10; ++i) (void)fail(validation, "own");
    fail_from_anywhere(validation, 90);
    const auto id = locks().at(0).id;
    auto& store = stores_->locks();
    const auto other = ProjectScope::only({"prj_2"});
    EXPECT_EQ(store.clear(id, other, "operator", clock_.now()).error().code,
              ErrorCode::LockNotFound);

    ASSERT_TRUE(store.clear(id, ProjectScope::all(), "operator", clock_.now()));

    EXPECT_EQ(store.clear(id, ProjectScope::all(), "operator", clock_.now()).error().code,
              ErrorCode::LockNotFound);
    EXPECT_TRUE(locks().empty());
    const auto event = stores_->events().after(project_id_, 0, 1000)->back();
    EXPECT_EQ(event.type, events::EventType::SecurityUnlocked);
    EXPECT_EQ(event.reason, "operator");
    EXPECT_EQ(event.destination, "a•••@example.com");
    EXPECT_TRUE(event.test);
    fail_from_anywhere(validation, 99);
    EXPECT_TRUE(validations_.use(use_from(validation, "own", "right")));
}

TEST_P(LockStoreContract, IsClearedByAnotherFactorOfTheUser)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));
    const auto validation = opened("ana@example.com");
    fail_from_anywhere(validation, 100);
    auto by_other_method = use_from(validation, "own", "right");
    by_other_method.method = projects::Method::Phone;

    ASSERT_TRUE(validations_.use(by_other_method));

    EXPECT_TRUE(locks().empty());
    const auto event = stores_->events().after(project_id_, 0, 1000)->back();
    EXPECT_EQ(event.reason, "other_factor");
}

TEST_P(LockStoreContract, CanBeSwitchedOff)
{
    const auto validation = opened("ana@example.com");
    for (int i = 0; i < 150; ++i) {
        auto use = use_from(validation, "n");
        use.failure_limits = {0, 0};
        ASSERT_EQ(validations_.use(use).error().code, ErrorCode::InvalidOtp);
    }
}

TEST_P(LockStoreContract, ForgetsOldFailuresALittleAtATime)
{
    fail_from_anywhere(opened("ana@example.com"), 5);
    clock_.advance(29 * 24h);
    EXPECT_EQ(*stores_->locks().prune(clock_.now(), 100), 0);
    clock_.advance(24h);

    EXPECT_EQ(*stores_->locks().prune(clock_.now(), 4), 4);
    EXPECT_EQ(*stores_->locks().prune(clock_.now(), 4), 2);
}

TEST_P(LockStoreContract, GoesWithItsProjectAndItsUser)
{
    ASSERT_TRUE(stores_->users().insert(user("ana", "ana@example.com"), true));
    fail_from_anywhere(opened("ana@example.com"), 100);
    fail_from_anywhere(opened("bob@example.com"), 100);

    ASSERT_TRUE(stores_->users().erase(project_id_, "ana", clock_.now(), true));
    ASSERT_EQ(locks().size(), 1U);
    EXPECT_EQ(locks()[0].identity.contact, "bob@example.com");
    ASSERT_TRUE(stores_->projects().remove(project_id_));

    EXPECT_TRUE(locks().empty());
}

TEST_P(LockStoreContract, ListsNewestFirstInPages)
{
    for (const auto* email : {"a@example.com", "b@example.com", "c@example.com"}) {
        fail_from_anywhere(opened(email), 100);
        clock_.advance(1s);
    }
    const auto first = stores_->locks().list(project_id_, {2, {}});
    const auto rest = stores_->locks().list(project_id_, {2, first->next});

    ASSERT_EQ(first->items.size(), 2U);
    EXPECT_EQ(first->items[0].identity.contact, "c@example.com");
    ASSERT_EQ(rest->items.size(), 1U);
    EXPECT_EQ(rest->items[0].identity.contact, "a@example.com");
    EXPECT_FALSE(rest->next);
}

INSTANTIATE_TEST_SUITE_P(Engines, LockStoreContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
