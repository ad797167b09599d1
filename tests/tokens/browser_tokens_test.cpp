#include "tokens/browser_tokens.h"

#include "base/id.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"
#include "tokens/login_tokens.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace accessd::tokens {
namespace {

using namespace std::chrono_literals;

class BrowserTokensTest : public testing::Test {
protected:
    BrowserTokensTest()
    {
        login_ = {make_id("prj_", clock_.now(), random_), make_id("flow_", clock_.now(), random_),
                  make_id("login_", clock_.now(), random_)};
    }

    std::string issue() { return browser_tokens_.issue(login_, clock_.now() + 15min).token; }

    nlohmann::json claims()
    {
        return {{"iss", policy_.issuer},
                {"aud", "accessd-browser"},
                {"sub", login_.login_id},
                {"project_id", login_.project_id},
                {"flow_id", login_.flow_id},
                {"login_id", login_.login_id},
                {"iat", unix_seconds(clock_.now())},
                {"exp", unix_seconds(clock_.now() + 15min)},
                {"jti", make_id("tok_", clock_.now(), random_)}};
    }
    /// What becomes of a token with these claims, rightly signed.
    std::string judged(const nlohmann::json& claims, TokenType type = TokenType::Browser)
    {
        const auto caller = browser_tokens_.authenticate(signing_keys_->sign(type, claims));
        return caller ? "good" : std::string{to_text(caller.error().code)};
    }

    test::FakeClock clock_;
    test::FakeRandom random_;
    test::MemoryKeyMaterialStore key_material_;
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'm')}, key_material_, clock_, random_).value();
    test::MemorySigningKeyStore signing_key_store_;
    std::unique_ptr<SigningKeys> signing_keys_ =
        SigningKeys::open(signing_key_store_, *keyring_, clock_, random_).value();
    test::MemoryRevocationStore revocation_store_;
    Revocations revocations_{revocation_store_, clock_};
    TokenPolicy policy_{.issuer = "https://access.example.com"};
    BrowserTokens browser_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    ApiTokens api_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    LoginTokens login_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    BrowserLogin login_;
};

TEST_F(BrowserTokensTest, SpeakForOneLogin)
{
    const auto caller = browser_tokens_.authenticate(issue()).value();

    EXPECT_EQ(caller.subject, login_.login_id);
    ASSERT_TRUE(caller.browser);
    EXPECT_EQ(caller.browser->project_id, login_.project_id);
    EXPECT_EQ(caller.browser->flow_id, login_.flow_id);
    EXPECT_EQ(caller.browser->login_id, login_.login_id);
    EXPECT_TRUE(caller.projects.allows(login_.project_id));
    EXPECT_FALSE(caller.projects.is_all());
    EXPECT_FALSE(caller.projects.allows("prj_2"));
}

TEST_F(BrowserTokensTest, OpenNoRouteThatDoesNotNameThem)
{
    const auto caller = browser_tokens_.authenticate(issue()).value();

    for (const auto scope : {Scope::Access, Scope::Manage, Scope::Read, Scope::Any}) {
        EXPECT_FALSE(caller.may(scope));
    }
    for (const auto scope : {Scope::Browser, Scope::AccessOrBrowser, Scope::ReadOrBrowser}) {
        EXPECT_TRUE(caller.may(scope));
    }
}

TEST_F(BrowserTokensTest, EndWithTheirLogin)
{
    const auto issued = browser_tokens_.issue(login_, clock_.now() + 15min);
    EXPECT_EQ(issued.expires_in, 15min);

    clock_.advance(15min - 1s);
    EXPECT_TRUE(browser_tokens_.authenticate(issued.token));
    clock_.advance(1s);
    EXPECT_EQ(browser_tokens_.authenticate(issued.token).error().code, ErrorCode::TokenExpired);
}

TEST_F(BrowserTokensTest, AreNoOtherKindOfToken)
{
    const auto token = issue();
    EXPECT_EQ(api_tokens_.authenticate(token).error().code, ErrorCode::InvalidToken);
    EXPECT_FALSE(login_tokens_.introspect(token, ProjectScope::all()).at("active").get<bool>());

    // Nor by other claims under their own name, or by their claims under another.
    ApiKey key;
    key.id = "key_1";
    EXPECT_EQ(browser_tokens_.authenticate(api_tokens_.issue(key).token).error().code,
              ErrorCode::InvalidToken);
    EXPECT_EQ(judged(claims()), "good");
    EXPECT_EQ(judged(claims(), TokenType::Api), "InvalidToken");
    EXPECT_EQ(judged(claims(), TokenType::Login), "InvalidToken");
    EXPECT_EQ(api_tokens_.authenticate(signing_keys_->sign(TokenType::Api, claims())).error().code,
              ErrorCode::InvalidToken);
}

TEST_F(BrowserTokensTest, RefuseWrongClaimsInSpiteOfTheSignature)
{
    const auto other = make_id("login_", clock_.now(), random_);
    const std::vector<std::pair<std::string, nlohmann::json>> changes{
        {"iss", "https://evil.example"},
        {"aud", "accessd"},
        {"aud", login_.project_id},
        {"sub", other},
        {"login_id", other},
        {"login_id", ""},
        {"project_id", "prj_1"},
        {"flow_id", ""},
        {"flow_id", 7},
        {"jti", "x"},
        {"exp", "tomorrow"},
        {"exp", 1.5e9},
        {"iat", nullptr},
        {"nbf", 0}};
    for (const auto& [name, value] : changes) {
        auto changed = claims();
        changed[name] = value;
        EXPECT_EQ(judged(changed), "InvalidToken") << name << " " << value;
    }
    for (const auto* name :
         {"iss", "aud", "sub", "project_id", "flow_id", "login_id", "iat", "exp", "jti"}) {
        auto changed = claims();
        changed.erase(name);
        EXPECT_EQ(judged(changed), "InvalidToken") << name;
    }
}

TEST_F(BrowserTokensTest, AreRevokedByTheirProject)
{
    const auto token = issue();
    const auto caller = browser_tokens_.authenticate(token).value();
    const auto later = clock_.now() + 1h;
    ASSERT_TRUE(revocations_.revoke_token(caller.token_id, later, "prj_2", "prj_2"));
    EXPECT_TRUE(browser_tokens_.authenticate(token));

    ASSERT_TRUE(
        revocations_.revoke_token(caller.token_id, later, login_.project_id, login_.project_id));

    EXPECT_EQ(browser_tokens_.authenticate(token).error().code, ErrorCode::TokenRevoked);
}

TEST(ClaimsToBe, ReadsTheHeaderAlone)
{
    // {"typ":"browser+jwt"}
    EXPECT_TRUE(claims_to_be("eyJ0eXAiOiJicm93c2VyK2p3dCJ9.x.y", TokenType::Browser));
    EXPECT_TRUE(claims_to_be("eyJ0eXAiOiJicm93c2VyK2p3dCJ9", TokenType::Browser));
    EXPECT_FALSE(claims_to_be("eyJ0eXAiOiJicm93c2VyK2p3dCJ9.x.y", TokenType::Api));
    for (const auto* text : {"", ".", "x", "eyJ0eXAiOjF9.x.y", "W10.x.y", "bnVsbA.x.y"}) {
        EXPECT_FALSE(claims_to_be(text, TokenType::Browser)) << text;
    }
}

}  // namespace
}  // namespace accessd::tokens
