#include "store_fixture.h"

#include "admin/admin_store.h"
#include "admin/console_store.h"
#include "admin/factor_store.h"
#include "events/audit.h"

#include <atomic>

namespace accessd::test {
namespace {

using admin::Admin;
using namespace std::chrono_literals;

/// What every store of second factors promises.
class FactorStoreContract : public StoreContract {
protected:
    FactorStoreContract()
    {
        eva_.id = new_id("adm_");
        eva_.email = "eva@example.com";
        eva_.role = admin::Role::Owner;
        eva_.projects = ProjectScope::all();
        eva_.created_at = eva_.updated_at = clock_.now();
        EXPECT_TRUE(stores_->admins().insert(eva_, {}));
    }

    admin::StoredTotp totp(const std::string& sealed = "sealed")
    {
        return {eva_.id, sealed, clock_.now(), false};
    }

    admin::Session session(const std::string& hash)
    {
        admin::Session made;
        made.hash = hash;
        made.created_at = made.seen_at = clock_.now();
        made.expires_at = clock_.now() + 12h;
        return made;
    }

    /// A browser that showed the first factor.
    void sign_in(const std::string& hash)
    {
        auto& console = stores_->console();
        EXPECT_TRUE(console.put_link({hash, eva_.id, clock_.now(), clock_.now() + 15min}, {}));
        EXPECT_TRUE(console.use_link(hash, session(hash), {}, clock_.now(), {}));
    }

    void add_app(std::int64_t step = 100)
    {
        sign_in("owner");
        EXPECT_TRUE(factors_.put_totp(totp()));
        EXPECT_TRUE(factors_.confirm_totp(totp(), step, {"first", "second"}, "owner", clock_.now(),
                                          audit_));
    }

    Result<Admin> show(const std::string& from, const admin::FactorProof& proof,
                       const std::string& to)
    {
        return factors_.show_factor(from, proof, session(to), 1min, clock_.now(), audit_);
    }

    std::optional<admin::SignedIn> found(const std::string& hash)
    {
        return *stores_->console().find_session(hash);
    }

    admin::FactorStore& factors_ = stores_->factors();
    events::AuditEntry audit_ = events::audit_of_command("admin.changed");
    Admin eva_;
};

TEST_P(FactorStoreContract, CountsOnceItIsConfirmed)
{
    ASSERT_TRUE(factors_.put_totp(totp()));
    EXPECT_FALSE((*stores_->admins().find(eva_.id))->has_totp);
    EXPECT_FALSE((*factors_.find_totp(eva_.id))->is_confirmed);

    add_app();

    EXPECT_TRUE((*stores_->admins().find(eva_.id))->has_totp);
    EXPECT_EQ((*factors_.find_totp(eva_.id))->sealed_secret, "sealed");
    EXPECT_EQ(found("owner")->recovery_codes_left, 2);
    EXPECT_EQ(factors_.put_totp(totp("other")).error().code, ErrorCode::Conflict);
    EXPECT_EQ((*factors_.find_totp(eva_.id))->sealed_secret, "sealed");
}

TEST_P(FactorStoreContract, ConfirmsTheSecretThatWasLookedAt)
{
    ASSERT_TRUE(factors_.put_totp(totp("replaced")));
    ASSERT_TRUE(factors_.put_totp(totp("newer")));

    const auto late = factors_.confirm_totp(totp("replaced"), 1, {}, "owner", clock_.now(), audit_);

    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Conflict);
}

TEST_P(FactorStoreContract, LetsSessionsWaitForIt)
{
    sign_in("before");
    add_app();
    EXPECT_FALSE(found("before")) << "it began without";
    EXPECT_FALSE(found("owner")->session.is_waiting);

    sign_in("after");

    EXPECT_TRUE(found("after")->session.is_waiting);
    EXPECT_EQ(found("after")->session.factor_at, TimePoint{});
}

TEST_P(FactorStoreContract, UsesAStepOnceAndNoneBeforeIt)
{
    add_app(100);
    for (const auto* hash : {"a", "b", "c"}) sign_in(hash);

    EXPECT_EQ(show("a", {100, {}}, "a2").error().code, ErrorCode::InvalidOtp) << "confirmed with";
    EXPECT_TRUE(show("a", {102, {}}, "a2"));
    EXPECT_EQ(show("b", {102, {}}, "b2").error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(show("b", {101, {}}, "b2").error().code, ErrorCode::InvalidOtp);
    EXPECT_TRUE(found("b")->session.is_waiting);
    EXPECT_FALSE(found("b2"));
    EXPECT_TRUE(show("b", {103, {}}, "b2"));
}

TEST_P(FactorStoreContract, UsesARecoveryCodeOnce)
{
    add_app();
    sign_in("a");
    sign_in("b");

    EXPECT_TRUE(show("a", {{}, "first"}, "a2"));
    EXPECT_EQ(show("b", {{}, "first"}, "b2").error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(show("b", {{}, "unknown"}, "b2").error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(show("b", {{}, ""}, "b2").error().code, ErrorCode::InvalidOtp);
    EXPECT_EQ(found("a2")->recovery_codes_left, 1);
}

TEST_P(FactorStoreContract, PutsANewSessionInThePlaceOfTheEarlier)
{
    add_app();
    sign_in("waiting");
    clock_.advance(1h);

    ASSERT_TRUE(show("waiting", {200, {}}, "first"));
    EXPECT_FALSE(found("waiting"));
    EXPECT_FALSE(found("first")->session.is_waiting);
    EXPECT_EQ(found("first")->session.factor_at, clock_.now());
    EXPECT_EQ(found("first")->session.expires_at, clock_.now() + 11h) << "it lasts no longer";

    ASSERT_TRUE(show("first", {201, {}}, "second"));
    EXPECT_EQ(found("first")->session.expires_at, clock_.now() + 1min);
    EXPECT_EQ(show("unknown", {202, {}}, "third").error().code, ErrorCode::InvalidToken);
    clock_.advance(2min);
    EXPECT_EQ(show("first", {202, {}}, "third").error().code, ErrorCode::InvalidToken);
}

TEST_P(FactorStoreContract, GoesWithoutATrace)
{
    add_app();
    sign_in("waiting");

    EXPECT_TRUE(*stores_->admins().remove_factor(eva_.id, audit_));

    EXPECT_FALSE(*factors_.find_totp(eva_.id));
    EXPECT_FALSE(found("waiting")) << "it would wait for ever";
    EXPECT_EQ(found("owner")->recovery_codes_left, 0);
    EXPECT_FALSE(*stores_->admins().remove_factor(eva_.id, audit_));
    EXPECT_EQ(stores_->admins().remove_factor("adm_none", audit_).error().code,
              ErrorCode::AdminNotFound);
    EXPECT_EQ(factors_.put_recovery_codes(eva_.id, {"x"}, audit_).error().code,
              ErrorCode::Conflict);
}

TEST_P(FactorStoreContract, LetsOneOfManyConcurrentUsesWin)
{
    add_app();
    for (int round = 0; round < 20; ++round) {
        clock_.advance(1s);  // An admin's ten newest sessions are kept.
        for (int i = 0; i < 6; ++i) {
            sign_in("w" + std::to_string(round) + "_" + std::to_string(i));
        }
        std::latch start{6};  // All together, or the first is done before the last begins.
        std::atomic<int> wins{0};
        {
            std::vector<std::jthread> people;
            for (int i = 0; i < 6; ++i) {
                people.emplace_back([&, i] {
                    const auto from = "w" + std::to_string(round) + "_" + std::to_string(i);
                    start.arrive_and_wait();
                    if (show(from, {1000 + round, {}}, from + "x")) ++wins;
                });
            }
        }
        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, FactorStoreContract, testing::ValuesIn(test::backends()),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace accessd::test
