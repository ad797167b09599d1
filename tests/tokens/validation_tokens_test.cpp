#include "tokens/validation_tokens.h"

#include "base/id.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"
#include "tokens/browser_tokens.h"
#include "tokens/login_tokens.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace accessd::tokens {
namespace {

using namespace std::chrono_literals;

class ValidationTokensTest : public testing::Test {
protected:
    std::string issue() { return tokens_.issue(own_, clock_.now() + 4min).token; }

    nlohmann::json claims()
    {
        return {{"iss", policy_.issuer},
                {"aud", "accessd-validation"},
                {"sub", own_.validation_id},
                {"project_id", own_.project_id},
                {"user_id", own_.user_id},
                {"iat", unix_seconds(clock_.now())},
                {"exp", unix_seconds(clock_.now() + 4min)},
                {"jti", make_id("tok_", clock_.now(), random_)}};
    }
    /// What becomes of a token with these claims, rightly signed.
    std::string judged(const nlohmann::json& claims, TokenType type = TokenType::Validation)
    {
        const auto caller = tokens_.authenticate(signing_keys_->sign(type, claims));
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
    ValidationTokens tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    ApiTokens api_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    BrowserTokens browser_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    LoginTokens login_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    OwnValidation own_{make_id("prj_", clock_.now(), random_), "42",
                       make_id("val_", clock_.now(), random_)};
};

TEST_F(ValidationTokensTest, SpeakForOneValidationOfOneUser)
{
    const auto caller = tokens_.authenticate(issue()).value();

    ASSERT_TRUE(caller.validation);
    EXPECT_EQ(caller.validation->validation_id, own_.validation_id);
    EXPECT_EQ(caller.validation->user_id, "42");
    EXPECT_EQ(caller.validation->project_id, own_.project_id);
    EXPECT_FALSE(caller.projects.is_all());
    EXPECT_TRUE(caller.projects.allows(own_.project_id));
}

TEST_F(ValidationTokensTest, OpenNoRouteThatDoesNotNameThem)
{
    const auto caller = tokens_.authenticate(issue()).value();

    for (const auto scope : {Scope::Access, Scope::Manage, Scope::Read, Scope::Any, Scope::Browser,
                             Scope::AccessOrBrowser, Scope::ReadOrBrowser}) {
        EXPECT_FALSE(caller.may(scope));
    }
    EXPECT_TRUE(caller.may(Scope::AccessOrPerson));
}

TEST_F(ValidationTokensTest, EndWithTheirValidation)
{
    const auto issued = tokens_.issue(own_, clock_.now() + 4min);
    EXPECT_EQ(issued.expires_in, 4min);

    clock_.advance(4min - 1s);
    EXPECT_TRUE(tokens_.authenticate(issued.token));
    clock_.advance(1s);
    EXPECT_EQ(tokens_.authenticate(issued.token).error().code, ErrorCode::TokenExpired);
}

TEST_F(ValidationTokensTest, AreNoOtherKindOfToken)
{
    EXPECT_EQ(api_tokens_.authenticate(issue()).error().code, ErrorCode::InvalidToken);
    EXPECT_EQ(browser_tokens_.authenticate(issue()).error().code, ErrorCode::InvalidToken);
    EXPECT_FALSE(login_tokens_.introspect(issue(), ProjectScope::all()).at("active").get<bool>());
    EXPECT_EQ(judged(claims()), "good");
    for (const auto type : {TokenType::Api, TokenType::Login, TokenType::Browser}) {
        EXPECT_EQ(judged(claims(), type), "InvalidToken");
    }
}

TEST_F(ValidationTokensTest, LackNoClaim)
{
    for (const auto* name : {"iss", "aud", "sub", "project_id", "user_id", "iat", "exp", "jti"}) {
        auto fewer = claims();
        fewer.erase(name);
        EXPECT_EQ(judged(fewer), "InvalidToken") << name;
    }
    for (const auto& [name, value] : {std::pair{"iss", "https://other.example"},
                                      {"aud", "accessd-browser"},
                                      {"sub", "login_1"},
                                      {"project_id", "*"},
                                      {"user_id", ""}}) {
        auto others = claims();
        others[name] = value;
        EXPECT_EQ(judged(others), "InvalidToken") << name;
    }
}

}  // namespace
}  // namespace accessd::tokens
