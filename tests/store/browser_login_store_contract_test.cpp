#include "store_fixture.h"

#include "access/browser_login_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

/// What every store promises about logins that browsers open.
class BrowserLoginStoreContract : public StoreContract {
protected:
    access::OpenLogin open_login(const std::string& proof_id = "proof_1")
    {
        access::OpenLogin open;
        open.login.id = new_id("login_");
        open.login.project_id = project_id_;
        open.login.flow_id = "flow_1";
        open.login.opened_by = access::kOpenedByBrowser;
        open.login.created_at = clock_.now();
        open.login.expires_at = clock_.now() + 15min;
        open.login.redirect_url = "https://shop.example/in";
        open.login.state = "state";
        open.login.code_challenge = "challenge";
        open.proof_id = proof_id;
        open.proof_expires_at = clock_.now() + 5min;
        open.test = true;
        open.now = clock_.now();
        return open;
    }

    /// A send of this login's browser.
    Result<access::SentCode> send(const std::string& login_id, const std::string& email,
                                  const std::string& user_id = {})
    {
        auto request = send_code(email);
        request.continue_login_id = login_id;
        request.hides_mismatch = true;
        request.validation.user_id = user_id;
        return validations_.send(request);
    }

    std::size_t message_count(const std::string& validation_id)
    {
        return stores_->outbox().of_validation(project_id_, validation_id)->size();
    }

    access::BrowserLoginStore& logins_ = stores_->browser_logins();
};

TEST_P(BrowserLoginStoreContract, KeepsWhatTheBrowserSaid)
{
    const auto open = open_login();
    ASSERT_TRUE(logins_.open(open));

    const auto login = *validations_.find_login(open.login.id, ProjectScope::all());

    ASSERT_TRUE(login);
    EXPECT_EQ(login->status, access::LoginStatus::Pending);
    EXPECT_EQ(login->opened_by, "browser");
    EXPECT_EQ(login->opened_for, "");
    EXPECT_EQ(login->user_id, "");
    EXPECT_EQ(login->redirect_url, "https://shop.example/in");
    EXPECT_EQ(login->state, "state");
    EXPECT_EQ(login->code_challenge, "challenge");
    EXPECT_EQ(login->expires_at, open.login.expires_at);
}

TEST_P(BrowserLoginStoreContract, TakesAProofOnce)
{
    ASSERT_TRUE(logins_.open(open_login()));

    EXPECT_EQ(logins_.open(open_login()).error().code, ErrorCode::ChallengeRequired);
    EXPECT_TRUE(logins_.open(open_login("proof_2")));
}

TEST_P(BrowserLoginStoreContract, LetsOneOfManyWithOneProofWin)
{
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> wins{0};
        std::vector<access::OpenLogin> requests;
        for (int i = 0; i < 8; ++i) requests.push_back(open_login("p" + std::to_string(round)));

        together(8, [&](int i) {
            if (logins_.open(requests[static_cast<std::size_t>(i)])) ++wins;
        });

        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(BrowserLoginStoreContract, CountsLoginsAndChargesForWhatItRefuses)
{
    const limits::KeyedLimit two_an_hour{"client_logins_hour:x", {2, 1h, "client_logins_hour"}};
    const auto limited = [&](const std::string& proof_id) {
        auto open = open_login(proof_id);
        open.limits = {two_an_hour};
        return logins_.open(open);
    };
    ASSERT_TRUE(limited("p1"));
    ASSERT_TRUE(limited("p2"));

    const auto refused = limited("p3");

    EXPECT_EQ(refused.error().code, ErrorCode::RateLimited);
    EXPECT_EQ(limited("p3").error().code, ErrorCode::ChallengeRequired);
    EXPECT_EQ(limited("p4").error().code, ErrorCode::RateLimited);
    EXPECT_EQ(event_names(), std::vector<std::string>{"security.rate_limited"});
    clock_.advance(1h);
    EXPECT_TRUE(limited("p5"));
}

TEST_P(BrowserLoginStoreContract, OpensNothingInAProjectThatIsGoneOrChanged)
{
    auto gone = open_login("p1");
    gone.login.project_id = "prj_gone";
    EXPECT_EQ(logins_.open(gone).error().code, ErrorCode::ProjectNotFound);

    auto live = open_login("p2");
    live.test = false;
    EXPECT_EQ(logins_.open(live).error().code, ErrorCode::Busy);
    EXPECT_TRUE(logins_.open(open_login("p2"))) << "neither cost the proof";
}

TEST_P(BrowserLoginStoreContract, ForgetsProofsThatAreRefusedByTheirAge)
{
    ASSERT_TRUE(logins_.open(open_login()));
    EXPECT_EQ(*logins_.prune(clock_.now() + 5min - 1ms, 10), 0);
    EXPECT_EQ(logins_.open(open_login()).error().code, ErrorCode::ChallengeRequired);

    EXPECT_EQ(*logins_.prune(clock_.now() + 5min, 10), 1);
    EXPECT_TRUE(logins_.open(open_login()));
}

TEST_P(BrowserLoginStoreContract, SendsNothingToSomebodyElse)
{
    ASSERT_TRUE(stores_->users().insert(user("u-ana", "ana@example.com"), true));
    ASSERT_TRUE(stores_->users().insert(user("u-bob", "bob@example.com"), true));
    const auto open = open_login();
    ASSERT_TRUE(logins_.open(open));
    const auto bob_before = send(open.login.id, "bob@example.com", "u-bob")->validation;
    const auto ana = send(open.login.id, "ana@example.com", "u-ana")->validation;
    auto use = use_code(ana);
    use.policy = {projects::Policy::Kind::All, {projects::Method::Email, projects::Method::Phone}};
    ASSERT_TRUE(validations_.use(use));

    const auto again = send(open.login.id, "bob@example.com", "u-bob");
    const auto other = send(open.login.id, "eve@example.com");

    ASSERT_TRUE(again && other);
    EXPECT_EQ(again->validation.id, bob_before.id);
    EXPECT_EQ(message_count(bob_before.id), 1U) << "the one of before";
    EXPECT_EQ(message_count(other->validation.id), 0U);
    EXPECT_TRUE((*validations_.find(other->validation.id, ProjectScope::all()))->decoy);
    EXPECT_FALSE(validations_.use(use_code(other->validation)));
}

INSTANTIATE_TEST_SUITE_P(Engines, BrowserLoginStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
