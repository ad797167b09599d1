#include "access/otp_access.h"

#include "base/encoding.h"
#include "delivery/outbox_store.h"
#include "delivery/sealed_code.h"
#include "projects/project_cache.h"
#include "projects/projects.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/one_call.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

contacts::EmailAddress address(const std::string& text)
{
    return contacts::EmailAddress::parse(text).value();
}

/// The real rules over a real embedded store, with time and randomness in the test's hands.
class OtpAccessTest : public testing::Test {
protected:
    OtpAccessTest()
    {
        stores_ = store::open(folder_.path(), clock_, random_).value();
        keyring_ = crypto::Keyring::open(Secret{std::string(32, 'k')}, stores_->key_material(),
                                         clock_, random_)
                       .value();
        signing_keys_ =
            tokens::SigningKeys::open(stores_->signing_keys(), *keyring_, clock_, random_).value();
        cache_ = std::make_unique<projects::ProjectCache>(stores_->projects(), clock_);
        projects_ =
            std::make_unique<projects::Projects>(stores_->projects(), *cache_, clock_, random_);
        directory_ = std::make_unique<users::Directory>(stores_->users(), clock_, random_);
        revocations_ = std::make_unique<tokens::Revocations>(stores_->revocations(), clock_);
        login_tokens_ = std::make_unique<tokens::LoginTokens>(*signing_keys_, *revocations_, clock_,
                                                              random_, tokens::TokenPolicy{});
        make_access(false);

        projects::Project project;
        project.name = "Shop";
        const auto setup = projects_->create(std::move(project), {}).value();
        project_id_ = setup.project.id;
        flow_id_ = setup.flows[0].id;
    }

    void make_access(bool has_sender)
    {
        access_ = std::make_unique<access::OtpAccess>(access::OtpAccess::Parts{
            .validations = stores_->validations(),
            .projects = *cache_,
            .directory = *directory_,
            .limits = stores_->limits(),
            .keyring = *keyring_,
            .tokens = *login_tokens_,
            .clock = clock_,
            .random = random_,
            .has_sender = [has_sender](const std::string&,
                                       const access::Contact&) { return has_sender; },
            .message_queued = [this] { ++queued_; },
            .message_delivered = [this] { ++delivered_; }});
    }

    void change_flow(const std::function<void(projects::Flow&)>& change)
    {
        ASSERT_TRUE(projects_->change_flow(flow_id_, all_, change, {}, {}));
    }
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
    void add_user(const std::string& email, const std::string& claims = "{}")
    {
        users::Directory::NewUser user;
        user.user_id = "u-" + email;
        user.email = email;
        user.claims = claims;
        ASSERT_TRUE(directory_->create(project_id_, std::move(user), true, {}));
    }

    access::OtpRequest request(const std::string& email) const
    {
        return {.project_id = project_id_,
                .contact = access::Contact{address(email)},
                .flow_id = {},
                .login_id = {},
                .language = {},
                .redirect_url = {},
                .client_ip = {},
                .user_agent = {},
                .metadata = {}};
    }
    Result<access::SentOtp> send(const std::string& email)
    {
        return send_otp(*access_, stores_->validations(), request(email), all_);
    }
    Result<access::ValidatedOtp> verify(const access::SentOtp& sent, const std::string& digits,
                                        bool lost_zeros = false)
    {
        return verify_otp(*access_, stores_->validations(),
                          access::Contact{address(sent.validation.recipient)}, {digits, lost_zeros},
                          sent.validation.id, all_);
    }
    /// The code in the last message of a validation.
    std::string code_of(const access::SentOtp& sent)
    {
        const auto& id = sent.validation.id;
        const auto messages = stores_->outbox().of_validation(project_id_, id).value();
        if (messages.empty()) throw std::runtime_error{"no message"};
        return keyring_->unseal(messages.back().sealed_code, delivery::code_context(id))
            .value()
            .reveal();
    }

    TempFolder folder_;
    FakeClock clock_;
    FakeRandom random_;
    const ProjectScope all_ = ProjectScope::all();
    std::unique_ptr<store::Stores> stores_;
    std::unique_ptr<crypto::Keyring> keyring_;
    std::unique_ptr<tokens::SigningKeys> signing_keys_;
    std::unique_ptr<projects::ProjectCache> cache_;
    std::unique_ptr<projects::Projects> projects_;
    std::unique_ptr<users::Directory> directory_;
    std::unique_ptr<tokens::Revocations> revocations_;
    std::unique_ptr<tokens::LoginTokens> login_tokens_;
    std::unique_ptr<access::OtpAccess> access_;
    std::string project_id_;
    std::string flow_id_;
    int queued_ = 0;
    int delivered_ = 0;
};

TEST_F(OtpAccessTest, LogsAPersonInWithTheCodeThatWasSent)
{
    const auto sent = send("ana@example.com").value();
    EXPECT_EQ(delivered_, 1);

    const auto done = verify(sent, code_of(sent));

    ASSERT_TRUE(done);
    EXPECT_EQ(done->login.status, access::LoginStatus::Complete);
    EXPECT_TRUE(done->remaining.empty());
    ASSERT_TRUE(done->token);
    const auto claims = login_tokens_->introspect(done->token->token, all_);
    EXPECT_EQ(claims.at("active"), true);
    EXPECT_EQ(claims.at("aud"), project_id_);
    EXPECT_EQ(claims.at("sub"), done->user.user_id);
    EXPECT_EQ(claims.at("amr"), nlohmann::json::parse(R"(["otp"])"));
    EXPECT_EQ(claims.at("test"), true);
}

TEST_F(OtpAccessTest, RefusesAWrongCode)
{
    const auto sent = send("ana@example.com").value();
    auto wrong = code_of(sent);
    wrong[0] = wrong[0] == '0' ? '1' : '0';

    EXPECT_EQ(verify(sent, wrong).error().code, ErrorCode::InvalidOtp);
}

TEST_F(OtpAccessTest, RefusesACodeOfAnotherValidation)
{
    const auto of_ana = send("ana@example.com").value();
    const auto of_bob = send("bob@example.com").value();
    ASSERT_NE(code_of(of_ana), code_of(of_bob));

    EXPECT_EQ(verify(of_ana, code_of(of_bob)).error().code, ErrorCode::InvalidOtp);
}

TEST_F(OtpAccessTest, RefusesACodeOlderThanItsLifetime)
{
    const auto sent = send("ana@example.com").value();
    const auto code = code_of(sent);
    clock_.advance(10min);

    EXPECT_EQ(verify(sent, code).error().code, ErrorCode::OtpExpired);
}

TEST_F(OtpAccessTest, PadsANumberThatLostItsZeros)
{
    ASSERT_TRUE(
        projects_->put_test_recipients(project_id_, all_, {{"ana@example.com", "000042"}}, {}, {}));
    const auto as_text = send("ana@example.com").value();
    EXPECT_EQ(verify(as_text, "42").error().code, ErrorCode::InvalidOtp);

    EXPECT_TRUE(verify(as_text, "42", true));
}

TEST_F(OtpAccessTest, TakesACodeMadeUnderThePepperBefore)
{
    const auto sent = send("ana@example.com").value();
    const auto code = code_of(sent);
    clock_.advance(1min);
    ASSERT_TRUE(keyring_->rotate(0s));
    clock_.advance(crypto::Keyring::kPepperAhead);
    ASSERT_NE(keyring_->digest_code("v", "1").pepper_version, 1);

    EXPECT_TRUE(verify(sent, code));
}

TEST_F(OtpAccessTest, AnswersUnknownPeopleLikeOthersAndSendsNothing)
{
    use_directory();
    add_user("ana@example.com");

    const auto known = send("ana@example.com");
    const auto unknown = send("eve@example.com");

    ASSERT_TRUE(known);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(delivered_, 1);
    EXPECT_EQ(unknown->validation.attempts_remaining, known->validation.attempts_remaining);
    EXPECT_EQ(unknown->resend_after, known->resend_after);
    EXPECT_EQ(unknown->limit.remaining, known->limit.remaining);
    EXPECT_TRUE(
        stores_->outbox().of_validation(project_id_, unknown->validation.id).value().empty());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(verify(*unknown, "123456").error().code, ErrorCode::InvalidOtp);
    }
    EXPECT_EQ(verify(*unknown, "123456").error().code, ErrorCode::AttemptsExhausted);
}

TEST_F(OtpAccessTest, GivesATestRecipientThatNobodyKnowsNoWayIn)
{
    use_directory();
    const auto sent = send("user@example.com").value();

    EXPECT_EQ(verify(sent, "123456").error().code, ErrorCode::InvalidOtp);
}

TEST_F(OtpAccessTest, TellsUnknownPeopleOnlyWhereTheFlowSaysSo)
{
    use_directory();
    change_flow([](projects::Flow& flow) { flow.reveal_unknown_users = true; });

    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(send("eve@example.com").error().code, ErrorCode::UserNotAllowed);
    }
    EXPECT_EQ(send("eve@example.com").error().code, ErrorCode::RateLimited);
}

TEST_F(OtpAccessTest, LetsOnlyAllowedDomainsIn)
{
    change_flow([](projects::Flow& flow) { flow.allowed_email_domains = {"example.com"}; });

    EXPECT_FALSE(send("ana@example.com")->validation.decoy);
    EXPECT_TRUE(send("ana@example.org")->validation.decoy);
}

TEST_F(OtpAccessTest, CountsVariantsOfAnAddressTogether)
{
    int allowed = 0;
    for (const auto* text :
         {"ana.lopez@gmail.com", "analopez@gmail.com", "Ana.Lopez@Gmail.com",
          " a.n.a.lopez+x@gmail.com", "analopez+y@gmail.com", "ana.lopez+z@GMAIL.com"}) {
        if (send(text)) ++allowed;
    }

    EXPECT_EQ(allowed, 5);
}

TEST_F(OtpAccessTest, PutsTheUsersClaimsIntoTheToken)
{
    add_user("ana@example.com", R"({"role": "admin"})");
    const auto sent = send("ana@example.com").value();

    const auto done = verify(sent, code_of(sent)).value();

    EXPECT_EQ(done.user.user_id, "u-ana@example.com");
    const auto claims = login_tokens_->introspect(done.token->token, all_);
    EXPECT_EQ(claims.at("claims").at("role"), "admin");
}

TEST_F(OtpAccessTest, WaitsForTheOtherMethodsOfThePolicy)
{
    change_flow([](projects::Flow& flow) {
        flow.phone.enabled = true;
        flow.policy = {projects::Policy::Kind::All,
                       {projects::Method::Email, projects::Method::Phone}};
    });
    const auto sent = send("ana@example.com").value();

    const auto done = verify(sent, code_of(sent)).value();

    EXPECT_FALSE(done.token);
    EXPECT_EQ(done.remaining, std::vector{projects::Method::Phone});
}

TEST_F(OtpAccessTest, RefusesWhatTheFlowDoesNotAllow)
{
    auto elsewhere = request("ana@example.com");
    elsewhere.redirect_url = "https://evil.example/";
    auto unknown_flow = request("ana@example.com");
    unknown_flow.flow_id = "flow_unknown";
    auto unknown_project = request("ana@example.com");
    unknown_project.project_id = "prj_unknown";
    const auto code = [&](const access::OtpRequest& wanted, const ProjectScope& scope) {
        return send_otp(*access_, stores_->validations(), wanted, scope).error().code;
    };

    EXPECT_EQ(code(elsewhere, all_), ErrorCode::RedirectNotAllowed);
    EXPECT_EQ(code(unknown_flow, all_), ErrorCode::FlowNotFound);
    EXPECT_EQ(code(unknown_project, all_), ErrorCode::ProjectNotFound);
    EXPECT_EQ(code(request("ana@example.com"), ProjectScope::only({"prj_other"})),
              ErrorCode::ProjectNotFound);

    const auto sent = send("ana@example.com").value();
    change_flow([](projects::Flow& flow) { flow.status = projects::FlowStatus::Paused; });
    EXPECT_EQ(send("ana@example.com").error().code, ErrorCode::FlowNotActive);
    EXPECT_EQ(verify(sent, "123456").error().code, ErrorCode::FlowNotActive);
}

TEST_F(OtpAccessTest, RefusesALiveProjectWithoutASender)
{
    const auto go_live = [](projects::Project& project) { project.mode = projects::Mode::Live; };
    ASSERT_TRUE(projects_->change(project_id_, all_, go_live, {}, {}));
    EXPECT_EQ(send("ana@example.com").error().code, ErrorCode::NoProvider);

    make_access(true);

    EXPECT_TRUE(send("ana@example.com"));
}

TEST_F(OtpAccessTest, HidesValidationsOfOtherScopes)
{
    const auto sent = send("ana@example.com").value();

    const auto result =
        verify_otp(*access_, stores_->validations(), access::Contact{address("ana@example.com")},
                   {code_of(sent), false}, sent.validation.id, ProjectScope::only({"prj_other"}));

    EXPECT_EQ(result.error().code, ErrorCode::ValidationNotFound);
}

TEST_F(OtpAccessTest, SaysWhenSendingAgainIsWorthWhile)
{
    EXPECT_EQ(send("ana@example.com")->resend_after, 30s);
    for (int i = 0; i < 3; ++i) (void)send("ana@example.com");

    EXPECT_EQ(send("ana@example.com")->resend_after, 60s);
}

}  // namespace
}  // namespace accessd::test
