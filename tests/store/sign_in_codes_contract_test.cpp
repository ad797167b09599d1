#include "store_fixture.h"

#include "admin/admin_store.h"
#include "admin/console_store.h"
#include "events/audit_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using admin::Admin;
using namespace std::chrono_literals;

// Any bytes, as digests are.
const std::string kRight{"\xc3\x28\0\xff right", 10};

/// What every store of the codes promises that admins get by mail.
class SignInCodesContract : public StoreContract {
protected:
    SignInCodesContract()
    {
        eva_.id = new_id("adm_");
        eva_.email = "eva@example.com";
        eva_.role = admin::Role::Owner;
        eva_.projects = ProjectScope::all();
        eva_.created_at = eva_.updated_at = clock_.now();
        EXPECT_TRUE(stores_->admins().insert(eva_, audit_));
    }

    void put(const std::string& id, const std::string& admin_id, int attempts = 5)
    {
        ASSERT_TRUE(console_.put_code(
            {id, admin_id, kRight, attempts, clock_.now(), clock_.now() + 10min}));
    }
    Result<Admin> use(const std::string& id, const std::vector<std::string>& digests,
                      const std::string& session = "session")
    {
        return console_.use_code(id, digests,
                                 {session, {}, clock_.now(), clock_.now() + 12h, clock_.now()},
                                 clock_.now(), audit_);
    }
    std::int64_t left_of(const Result<Admin>& refused)
    {
        EXPECT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidOtp);
        return std::get<std::int64_t>(refused.error().details.at(0).second);
    }

    Admin eva_;
    admin::ConsoleStore& console_ = stores_->console();
    events::AuditEntry audit_ = events::audit_of_command("session.begun");
};

TEST_P(SignInCodesContract, LetsTheRightCodeInOnce)
{
    put("sic_1", eva_.id);

    const auto admin = use("sic_1", {"other pepper", kRight});
    ASSERT_TRUE(admin);
    EXPECT_EQ(admin->id, eva_.id);
    EXPECT_EQ((*console_.find_session("session"))->admin.id, eva_.id);
    EXPECT_EQ(use("sic_1", {kRight}, "again").error().code, ErrorCode::InvalidCredentials);
    EXPECT_FALSE(*console_.find_session("again"));
}

TEST_P(SignInCodesContract, CountsEveryTryAndEndsWithTheLast)
{
    put("sic_1", eva_.id, 3);

    EXPECT_EQ(left_of(use("sic_1", {"wrong"})), 2);
    EXPECT_EQ(left_of(use("sic_1", {"wrong"})), 1);
    EXPECT_EQ(left_of(use("sic_1", {"wrong"})), 0);
    EXPECT_EQ(use("sic_1", {kRight}).error().code, ErrorCode::InvalidCredentials);
    EXPECT_FALSE(*console_.find_session("session"));
}

TEST_P(SignInCodesContract, BehavesTheSameForADecoyThatNothingFits)
{
    put("sic_1", {}, 2);

    EXPECT_EQ(left_of(use("sic_1", {kRight})), 1);
    EXPECT_EQ(left_of(use("sic_1", {kRight})), 0);
    EXPECT_EQ(use("sic_1", {kRight}).error().code, ErrorCode::InvalidCredentials);
}

TEST_P(SignInCodesContract, RefusesACodeAtItsExpiryAndWhatWasNeverOne)
{
    put("sic_1", eva_.id);
    EXPECT_EQ(use("sic_none", {kRight}).error().code, ErrorCode::InvalidCredentials);
    clock_.advance(10min);

    EXPECT_EQ(use("sic_1", {kRight}).error().code, ErrorCode::InvalidCredentials);
    EXPECT_EQ(*console_.prune(clock_.now(), 10), 1);
}

TEST_P(SignInCodesContract, EndsEarlierCodesWithANewOne)
{
    put("sic_1", eva_.id);
    put("sic_2", eva_.id);

    EXPECT_EQ(use("sic_1", {kRight}).error().code, ErrorCode::InvalidCredentials);
    EXPECT_TRUE(use("sic_2", {kRight}));
}

TEST_P(SignInCodesContract, EndsCodesWithTheAdminsRights)
{
    put("sic_1", eva_.id);
    auto max = eva_;
    max.id = new_id("adm_");
    max.email = "max@example.com";
    ASSERT_TRUE(stores_->admins().insert(max, audit_));
    ASSERT_TRUE(stores_->admins().remove(eva_.id, {}, audit_));

    EXPECT_EQ(use("sic_1", {kRight}).error().code, ErrorCode::InvalidCredentials);
}

TEST_P(SignInCodesContract, LetsOneOfManyConcurrentTriesInAndComparesNoMoreThanItHas)
{
    for (int round = 0; round < 20; ++round) {
        const auto id = "sic_" + std::to_string(round);
        put(id, eva_.id, 5);
        std::atomic<int> wins = 0;
        together(8, [&](int i) {
            if (use(id, {kRight}, id + std::to_string(i))) ++wins;
        });
        ASSERT_EQ(wins, 1) << "round " << round;

        put(id + "x", eva_.id, 5);
        std::atomic<int> compared = 0;
        together(8, [&](int) {
            if (use(id + "x", {"wrong"}).error().code == ErrorCode::InvalidOtp) ++compared;
        });
        ASSERT_EQ(compared, 5) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, SignInCodesContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
