#include "access/magic_link.h"

#include "access/link_token.h"
#include "access/login_exchange.h"
#include "access/otp_access.h"
#include "base/encoding.h"
#include "crypto/hash.h"
#include "delivery/composed_email.h"
#include "delivery/outbox_store.h"
#include "projects/project_cache.h"
#include "projects/projects.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/one_call.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using access::BrowserMatch;

constexpr auto kRedirect = "https://shop.example/in";
const std::string kVerifier(43, 'v');

/// Links from the send to the token, over a real embedded store, with time in the test's hands.
class MagicLinkTest : public testing::Test {
protected:
    MagicLinkTest()
    {
        projects::Project project;
        project.name = "Shop";
        const auto setup = projects_.create(std::move(project), {}).value();
        project_id_ = setup.project.id;
        flow_id_ = setup.flows[0].id;
        const auto with_links = [](projects::Flow& flow) {
            flow.redirect_urls = {kRedirect};
            flow.email.magic_link = true;
        };
        EXPECT_TRUE(projects_.change_flow(flow_id_, all_, with_links, {}, {}));
    }

    access::SentOtp send(const std::string& client_ip = {})
    {
        return send_otp(
                   access_, stores_->validations(),
                   {.project_id = project_id_,
                    .contact = access::Contact{*contacts::EmailAddress::parse("ana@example.com")},
                    .flow_id = {},
                    .login_id = {},
                    .language = {},
                    .redirect_url = kRedirect,
                    .client_ip = client_ip,
                    .user_agent = {},
                    .metadata = {}},
                   all_)
            .value();
    }
    /// The token in the last message of a validation.
    std::string token_of(const access::SentOtp& sent)
    {
        const auto messages = *stores_->outbox().of_validation(project_id_, sent.validation.id);
        const auto mail = *delivery::compose_email(messages.back(), {}, *keyring_, "", 10min);
        return mail.link.substr(mail.link.rfind('/') + 1);
    }

    /// Finishes a login whose code is `code`, as one that began with a challenge does.
    void finish_with(const std::string& code, const std::string& challenge)
    {
        const auto sent = send();
        access::UseCode use;
        use.now = clock_.now();
        use.project_id = project_id_;
        use.validation_id = sent.validation.id;
        use.channel = sent.validation.channel;
        use.recipient = sent.validation.recipient;
        use.link_digest = access::link_digest(token_of(sent));
        use.create_user = true;
        use.new_user_id = "usr_1";
        use.login_code = access::LoginCode{
            access::link_digest(code), {}, {}, kRedirect, challenge, use.now + 60s};
        ASSERT_TRUE(stores_->validations().use(use));
    }

    TempFolder folder_;
    FakeClock clock_;
    FakeRandom random_;
    std::unique_ptr<store::Stores> stores_ = store::open(folder_.path(), clock_, random_).value();
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, stores_->key_material(), clock_,
                              random_)
            .value();
    std::unique_ptr<tokens::SigningKeys> signing_keys_ =
        tokens::SigningKeys::open(stores_->signing_keys(), *keyring_, clock_, random_).value();
    projects::ProjectCache cache_{stores_->projects(), clock_};
    projects::Projects projects_{stores_->projects(), cache_, clock_, random_};
    users::Directory directory_{stores_->users(), clock_, random_};
    tokens::Revocations revocations_{stores_->revocations(), clock_};
    tokens::LoginTokens login_tokens_{*signing_keys_, revocations_, clock_, random_, {}};
    access::OtpAccess access_{
        {.validations = stores_->validations(),
         .projects = cache_,
         .directory = directory_,
         .limits = stores_->limits(),
         .keyring = *keyring_,
         .tokens = login_tokens_,
         .clock = clock_,
         .random = random_,
         .has_sender = [](const std::string&, const access::Contact&) { return false; },
         .message_queued = [] {},
         .message_delivered = [] {}}};
    access::MagicLinks links_{{.validations = stores_->validations(),
                               .projects = cache_,
                               .keyring = *keyring_,
                               .clock = clock_,
                               .random = random_}};
    access::LoginExchange exchange_{{.codes = stores_->login_codes(),
                                     .browsers = stores_->browser_logins(),
                                     .validations = stores_->validations(),
                                     .directory = directory_,
                                     .projects = cache_,
                                     .tokens = login_tokens_,
                                     .clock = clock_,
                                     .random = random_}};
    const ProjectScope all_ = ProjectScope::all();
    std::string project_id_;
    std::string flow_id_;
};

TEST_F(MagicLinkTest, LivesAsLongAsItsCode)
{
    const auto token = token_of(send());
    clock_.advance(10min - 1ms);
    EXPECT_TRUE(links_.open(token, {}));
    clock_.advance(1ms);

    EXPECT_EQ(links_.open(token, {}).error().code, ErrorCode::OtpExpired);
    EXPECT_EQ(links_.press(token, {}).error().code, ErrorCode::OtpExpired);
}

TEST_F(MagicLinkTest, HandsOverACodeForAMinute)
{
    const auto pressed = links_.press(token_of(send()), {}).value();
    ASSERT_TRUE(pressed.is_complete);
    clock_.advance(60s - 1ms);
    const auto code = pressed.login_code.reveal();

    const auto done = exchange_.exchange({code, kRedirect, {}}, all_);

    ASSERT_TRUE(done);
    const auto claims = login_tokens_.introspect(done->token.token, all_);
    EXPECT_EQ(claims.at("auth_time"), unix_seconds(*done->login.completed_at));
    EXPECT_EQ(claims.at("exp"), unix_seconds(clock_.now() + 15min));
}

TEST_F(MagicLinkTest, HandsOverNothingAfterThatMinute)
{
    const auto code = links_.press(token_of(send()), {})->login_code.reveal();
    clock_.advance(60s);

    EXPECT_EQ(exchange_.exchange({code, kRedirect, {}}, all_).error().code, ErrorCode::InvalidCode);
}

TEST_F(MagicLinkTest, AsksForTheVerifierOfAChallenge)
{
    const auto challenge = to_base64url(crypto::sha256(kVerifier));
    const struct {
        std::optional<std::string> verifier;
        bool fits;
    } tries[] = {{kVerifier, true},
                 {std::nullopt, false},
                 {std::string(43, 'w'), false},
                 {challenge, false}};  // "plain" is no method of ours.
    for (const auto& one : tries) {
        const auto code = access::make_link_token(random_).token.reveal();
        finish_with(code, challenge);

        EXPECT_EQ(exchange_.exchange({code, kRedirect, one.verifier}, all_).has_value(), one.fits);
        EXPECT_FALSE(exchange_.exchange({code, kRedirect, kVerifier}, all_)) << "used up";
        clock_.advance(60s);
    }
}

TEST_F(MagicLinkTest, TakesAnEarlierSendersClientForWhoDoesNotTell)
{
    const auto sent = send("192.0.2.1");
    const auto email = *contacts::EmailAddress::parse("ana@example.com");
    EXPECT_FALSE(verify_otp(access_, stores_->validations(), access::Contact{email},
                            {"0000000000", false}, sent.validation.id, all_));
    const auto token = token_of(send());

    EXPECT_EQ(links_.open(token, {"192.0.2.1", {}, {}})->browser, BrowserMatch::Same);
    EXPECT_EQ(links_.open(token, {"192.0.2.2", {}, {}})->browser, BrowserMatch::Other);
    EXPECT_FALSE(links_.press(token, {"192.0.2.2", {}, {}})->is_accepted);
    EXPECT_EQ((*stores_->validations().find(sent.validation.id, all_))->status,
              access::ValidationStatus::Pending);
}

TEST_F(MagicLinkTest, KnowsTheHostedPagesOwnBrowser)
{
    const auto sent = send("192.0.2.1");
    const auto token = token_of(sent);

    const access::PressingBrowser own{"192.0.2.2", "x", sent.validation.login_id};
    EXPECT_EQ(links_.open(token, own)->browser, BrowserMatch::Same);
    EXPECT_EQ(links_.open(token, {"192.0.2.2", "x", "login_other"})->browser, BrowserMatch::Other);
}

}  // namespace
}  // namespace accessd::test
