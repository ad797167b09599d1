#include "base/encoding.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"
#include "tokens/api_keys.h"
#include "tokens/api_tokens.h"
#include "tokens/login_tokens.h"
#include "tokens/scope_text.h"
#include "tokens/signing_keys.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace accessd::tokens {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Everything about tokens, over stores in memory.
class TokensTest : public testing::Test {
protected:
    ApiKey key(std::uint8_t scopes = 7, std::string project_id = {})
    {
        return api_keys_.create("test", scopes, std::move(project_id), {})->key;
    }
    ErrorCode refused(std::string_view token)
    {
        const auto caller = api_tokens_.authenticate(token);
        return caller ? ErrorCode::Internal : caller.error().code;
    }
    nlohmann::json api_claims()
    {
        return {{"iss", policy_.issuer},
                {"aud", "accessd"},
                {"sub", "key_1"},
                {"scope", "access"},
                {"projects", "*"},
                {"iat", unix_seconds(clock_.now())},
                {"auth_time", unix_seconds(clock_.now())},
                {"exp", unix_seconds(clock_.now() + hours{1})},
                {"jti", make_id("tok_", clock_.now(), random_)}};
    }
    static std::string with_header(const std::string& token, const nlohmann::json& header)
    {
        return to_base64url(header.dump()) + token.substr(token.find('.'));
    }
    static nlohmann::json header_of(const std::string& token)
    {
        return nlohmann::json::parse(*from_base64url(token.substr(0, token.find('.'))));
    }

    test::FakeClock clock_;
    test::FakeRandom random_;
    test::MemoryKeyMaterialStore key_material_;
    std::unique_ptr<crypto::Keyring> keyring_ = std::move(
        *crypto::Keyring::open(Secret{std::string(32, 'm')}, key_material_, clock_, random_));
    test::MemorySigningKeyStore signing_key_store_;
    std::unique_ptr<SigningKeys> signing_keys_ =
        std::move(*SigningKeys::open(signing_key_store_, *keyring_, clock_, random_));
    test::MemoryRevocationStore revocation_store_;
    Revocations revocations_{revocation_store_, clock_};
    test::MemoryApiKeyStore api_key_store_;
    test::MemoryLimitStore limits_;
    TokenPolicy policy_{.issuer = "https://access.example.com"};
    ApiKeys api_keys_{api_key_store_, limits_, revocations_, clock_, random_, seconds{3600}};
    ApiTokens api_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    LoginTokens login_tokens_{*signing_keys_, revocations_, clock_, random_, policy_};
    FinishedLogin login_{"login_1", "prj_1", "user-1", clock_.now(), {"otp"}, "{}", false};
};

TEST_F(TokensTest, HaveTimesThatAClockCanShow)
{
    for (const std::int64_t exp : {std::int64_t{-1}, INT64_MIN, INT64_MAX, std::int64_t{1} << 53}) {
        auto claims = api_claims();
        claims["exp"] = exp;
        EXPECT_EQ(refused(signing_keys_->sign(TokenType::Api, claims)), ErrorCode::InvalidToken)
            << exp;
    }
}

TEST_F(TokensTest, SpeakForTheirKey)
{
    const auto key = this->key(1, "prj_1");

    const auto caller = api_tokens_.authenticate(api_tokens_.issue(key).token);

    ASSERT_TRUE(caller) << caller.error().detail;
    EXPECT_EQ(caller->subject, key.id);
    EXPECT_TRUE(caller->may(Scope::Access));
    EXPECT_FALSE(caller->may(Scope::Manage));
    EXPECT_TRUE(caller->projects.allows("prj_1"));
    EXPECT_FALSE(caller->projects.allows("prj_2"));
}

TEST_F(TokensTest, ExpireExactlyWhenTheySay)
{
    const auto issued = api_tokens_.issue(key());
    clock_.advance(issued.expires_in - std::chrono::milliseconds{1000});
    EXPECT_TRUE(api_tokens_.authenticate(issued.token));

    clock_.advance(seconds{1});

    EXPECT_EQ(refused(issued.token), ErrorCode::TokenExpired);
}

TEST_F(TokensTest, OfOneKindAreAcceptedNowhereElse)
{
    const auto api = api_tokens_.issue(key()).token;
    const auto login = login_tokens_.issue(login_).token;

    EXPECT_EQ(refused(login), ErrorCode::InvalidToken);
    EXPECT_FALSE(login_tokens_.introspect(api, ProjectScope::all()).at("active"));
    EXPECT_TRUE(login_tokens_.introspect(login, ProjectScope::all()).at("active"));
}

TEST_F(TokensTest, SignedByThePublishedKeyAreNoApiTokens)
{
    // The same claims an API token has, under its `typ`, but signed by the key of login tokens.
    const auto good = signing_keys_->sign(TokenType::Api, api_claims());
    ASSERT_TRUE(api_tokens_.authenticate(good));
    auto header = header_of(good);
    const auto login_kid = header_of(login_tokens_.issue(login_).token).at("kid");
    header["kid"] = login_kid;

    EXPECT_EQ(refused(with_header(good, header)), ErrorCode::InvalidToken);
}

TEST_F(TokensTest, WithAnyHeaderButOursAreRefused)
{
    const auto good = api_tokens_.issue(key()).token;
    const auto header = header_of(good);
    const auto refuses = [&](const nlohmann::json& patch) {
        auto changed = header;
        changed.update(patch);
        return refused(with_header(good, changed)) == ErrorCode::InvalidToken;
    };

    EXPECT_TRUE(refuses({{"alg", "none"}}));
    EXPECT_TRUE(refuses({{"alg", "HS256"}}));
    EXPECT_TRUE(refuses({{"alg", "es256"}}));
    EXPECT_TRUE(refuses({{"typ", "JWT"}}));
    EXPECT_TRUE(refuses({{"typ", "login+jwt"}}));
    EXPECT_TRUE(refuses({{"kid", "sig_unknown"}}));
    EXPECT_TRUE(refuses({{"kid", "../../etc/passwd"}}));
    EXPECT_TRUE(refuses({{"crit", {"exp"}}}));
    EXPECT_TRUE(refuses({{"jwk", {{"kty", "EC"}}}}));
}

TEST_F(TokensTest, SignedWithHmacOfThePublicKeyAreRefused)
{
    const auto good = api_tokens_.issue(key()).token;
    auto header = header_of(good);
    header["alg"] = "HS256";
    const auto payload = good.substr(good.find('.'), good.rfind('.') - good.find('.'));
    const auto text = to_base64url(header.dump()) + payload;
    const auto jwks = signing_keys_->jwks().dump();

    EXPECT_EQ(refused(text + "." + to_base64url(crypto::hmac_sha256(jwks, text))),
              ErrorCode::InvalidToken);
}

TEST_F(TokensTest, ChangedAnywhereAreRefused)
{
    const auto good = api_tokens_.issue(key()).token;
    for (std::size_t i = 0; i < good.size(); i += 7) {
        auto changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refused(changed), ErrorCode::InvalidToken) << i;
    }
    EXPECT_EQ(refused(good.substr(0, good.rfind('.') + 1)), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(good + "."), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(""), ErrorCode::InvalidToken);
}

TEST_F(TokensTest, WithWrongClaimsAreRefusedThoughSigned)
{
    const auto with = [&](const char* name, const nlohmann::json& value) {
        auto claims = api_claims();
        claims[name] = value;
        return signing_keys_->sign(TokenType::Api, claims);
    };
    ASSERT_TRUE(api_tokens_.authenticate(with("aud", "accessd")));

    EXPECT_EQ(refused(with("aud", "prj_1")), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("aud", nlohmann::json::parse(R"(["accessd"])"))),
              ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("iss", "https://evil.example")), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("scope", "admin")), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("projects", 7)), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("exp", "tomorrow")), ErrorCode::InvalidToken);
    EXPECT_EQ(refused(with("exp", unix_seconds(clock_.now()))), ErrorCode::TokenExpired);
}

TEST_F(TokensTest, RenewedKeepWhenTheCredentialsWereShown)
{
    auto token = api_tokens_.issue(key()).token;
    const auto first = api_tokens_.authenticate(token)->authenticated_at;
    for (int i = 0; i < 47; ++i) {
        clock_.advance(std::chrono::minutes{30});
        token = api_tokens_.renew(*api_tokens_.authenticate(token))->token;
        ASSERT_EQ(api_tokens_.authenticate(token)->authenticated_at, first);
    }

    // 23.5 h on: what is left is half an hour, and then nothing.
    EXPECT_EQ(api_tokens_.renew(*api_tokens_.authenticate(token))->expires_in, seconds{1800});
    clock_.advance(std::chrono::minutes{30});
    EXPECT_EQ(refused(token), ErrorCode::TokenExpired);
}

TEST_F(TokensTest, RevokedAreRefusedThoughCached)
{
    const auto one = api_tokens_.issue(key()).token;
    const auto other = api_tokens_.issue(key()).token;
    const auto caller = *api_tokens_.authenticate(one);

    ASSERT_TRUE(api_tokens_.revoke(caller, caller.token_id, {}));

    EXPECT_EQ(refused(one), ErrorCode::TokenRevoked);
    EXPECT_TRUE(api_tokens_.authenticate(other));
}

TEST_F(TokensTest, OfASubjectAreAllRevokedAndNewOnesAreGood)
{
    const auto key = this->key();
    const auto before = api_tokens_.issue(key).token;
    const auto caller = *api_tokens_.authenticate(before);
    ASSERT_TRUE(api_tokens_.revoke_all(caller, {}));
    clock_.advance(std::chrono::milliseconds{1});

    EXPECT_EQ(refused(before), ErrorCode::TokenRevoked);
    EXPECT_TRUE(api_tokens_.authenticate(api_tokens_.issue(key).token));
}

TEST_F(TokensTest, OfOneKeyRevokeEachOther)
{
    const auto shared = key(4);
    const auto first = api_tokens_.issue(shared).token;
    const auto second = api_tokens_.issue(shared).token;

    ASSERT_TRUE(api_tokens_.revoke(*api_tokens_.authenticate(first),
                                   api_tokens_.authenticate(second)->token_id, {}));

    EXPECT_EQ(refused(second), ErrorCode::TokenRevoked);
    EXPECT_TRUE(api_tokens_.authenticate(first));
}

TEST_F(TokensTest, OfOthersOutliveARevocationThatMayNotReachThem)
{
    const auto of_project = api_tokens_.issue(key(7, "prj_1")).token;
    const auto victim = *api_tokens_.authenticate(of_project);
    const auto without_manage = *api_tokens_.authenticate(api_tokens_.issue(key(5)).token);
    const auto of_other_project =
        *api_tokens_.authenticate(api_tokens_.issue(key(7, "prj_2")).token);

    ASSERT_TRUE(api_tokens_.revoke(without_manage, victim.token_id, {}));
    ASSERT_TRUE(api_tokens_.revoke(of_other_project, victim.token_id, {}));
    EXPECT_TRUE(api_tokens_.authenticate(of_project));

    const auto of_same_project =
        *api_tokens_.authenticate(api_tokens_.issue(key(7, "prj_1")).token);
    ASSERT_TRUE(api_tokens_.revoke(of_same_project, victim.token_id, {}));
    EXPECT_EQ(refused(of_project), ErrorCode::TokenRevoked);
}

TEST_F(TokensTest, OfAnyProjectEndWhereAManagerOfAllSaysSo)
{
    const auto token = api_tokens_.issue(key(7, "prj_1")).token;
    const auto manager = *api_tokens_.authenticate(api_tokens_.issue(key(2)).token);

    ASSERT_TRUE(api_tokens_.revoke(manager, api_tokens_.authenticate(token)->token_id, {}));

    EXPECT_EQ(refused(token), ErrorCode::TokenRevoked);
}

TEST_F(TokensTest, RevokedElsewhereAreRefusedAfterARefresh)
{
    const auto token = api_tokens_.issue(key()).token;
    const auto caller = *api_tokens_.authenticate(token);
    Revocations other{revocation_store_, clock_};
    ASSERT_TRUE(other.revoke_token(caller.token_id, caller.expires_at, {}));
    EXPECT_TRUE(api_tokens_.authenticate(token));

    ASSERT_TRUE(revocations_.refresh());

    EXPECT_EQ(refused(token), ErrorCode::TokenRevoked);
}

TEST_F(TokensTest, OfALoginSayWhatTheContractSays)
{
    login_.claims = R"({"plan": "gold", "sub": "evil"})";
    login_.test = true;

    const auto shown =
        login_tokens_.introspect(login_tokens_.issue(login_).token, ProjectScope::only({"prj_1"}));

    EXPECT_EQ(shown.at("active"), true);
    EXPECT_EQ(shown.at("sub"), "user-1");
    EXPECT_EQ(shown.at("aud"), "prj_1");
    EXPECT_EQ(shown.at("amr"), nlohmann::json({"otp"}));
    EXPECT_EQ(shown.at("test"), true);
    EXPECT_EQ(shown.at("claims").at("plan"), "gold");
    EXPECT_EQ(shown.at("exp").get<int>() - shown.at("iat").get<int>(), 900);
}

TEST_F(TokensTest, OfALoginAreInactiveElsewhereLaterAndWhenRevoked)
{
    const auto token = login_tokens_.issue(login_).token;
    const auto active = [&](const ProjectScope& scope) {
        return login_tokens_.introspect(token, scope) != nlohmann::json{{"active", false}};
    };
    EXPECT_FALSE(active(ProjectScope::only({"prj_2"})));
    ASSERT_TRUE(login_tokens_.revoke(token, ProjectScope::only({"prj_2"})));
    EXPECT_TRUE(active(ProjectScope::only({"prj_1"})));

    ASSERT_TRUE(login_tokens_.revoke(token, ProjectScope::only({"prj_1"})));
    EXPECT_FALSE(active(ProjectScope::only({"prj_1"})));

    const auto late = login_tokens_.issue(login_).token;
    clock_.advance(std::chrono::minutes{15});
    EXPECT_FALSE(login_tokens_.introspect(late, ProjectScope::all()).at("active"));
}

TEST_F(TokensTest, SurviveTheRotationOfTheirKey)
{
    const auto life = hours{24 * 30};
    const auto kids = [&] {
        std::vector<std::string> ids;
        const auto jwks = signing_keys_->jwks();
        for (const auto& jwk : jwks.at("keys")) ids.push_back(jwk.at("kid"));
        return ids;
    };
    ASSERT_EQ(kids().size(), 1U);
    const auto first = kids().front();
    clock_.advance(life - SigningKeys::kPublishAhead);
    ASSERT_TRUE(signing_keys_->rotate(life));

    // Announced, not yet signing.
    ASSERT_EQ(kids().size(), 2U);
    EXPECT_EQ(header_of(login_tokens_.issue(login_).token).at("kid"), first);

    clock_.advance(SigningKeys::kPublishAhead - seconds{1});
    const auto last_of_old = login_tokens_.issue(login_).token;
    clock_.advance(seconds{1});
    ASSERT_TRUE(signing_keys_->rotate(life));
    const auto first_of_new = login_tokens_.issue(login_).token;
    EXPECT_EQ(header_of(last_of_old).at("kid"), first);
    EXPECT_NE(header_of(first_of_new).at("kid"), first);
    EXPECT_TRUE(login_tokens_.introspect(last_of_old, ProjectScope::all()).at("active"));
    EXPECT_TRUE(login_tokens_.introspect(first_of_new, ProjectScope::all()).at("active"));

    clock_.advance(SigningKeys::kKeepRetired);
    ASSERT_TRUE(signing_keys_->rotate(life));
    EXPECT_EQ(kids().size(), 1U);
    EXPECT_NE(kids().front(), first);
}

TEST_F(TokensTest, OfANewKeyMadeElsewhereAreAccepted)
{
    auto other = std::move(*SigningKeys::open(signing_key_store_, *keyring_, clock_, random_));
    clock_.advance(hours{24 * 30});
    ASSERT_TRUE(other->rotate(hours{24 * 30}));
    clock_.advance(SigningKeys::kPublishAhead);

    EXPECT_TRUE(signing_keys_->verify(TokenType::Api, other->sign(TokenType::Api, api_claims())));
}

TEST_F(TokensTest, ComeOnlyForTheRightSecretOfALiveKey)
{
    const auto created = *api_keys_.create("shop", 7, {}, {});
    const auto code = [&](const std::string& id, const Secret& secret) {
        const auto key = api_keys_.authenticate(id, secret, "192.0.2.1");
        return key ? ErrorCode::Internal : key.error().code;
    };

    EXPECT_TRUE(api_keys_.authenticate(created.key.id, created.secret, "192.0.2.1"));
    EXPECT_EQ(code(created.key.id, Secret{"sk_wrong"}), ErrorCode::InvalidCredentials);
    EXPECT_EQ(code("key_nobody", created.secret), ErrorCode::InvalidCredentials);
    EXPECT_EQ(code(make_id("key_", clock_.now(), random_), created.secret),
              ErrorCode::InvalidCredentials);

    ASSERT_TRUE(api_keys_.revoke(created.key.id, ProjectScope::all(), {}, {}));
    EXPECT_EQ(code(created.key.id, created.secret), ErrorCode::InvalidCredentials);
}

TEST_F(TokensTest, AreRefusedToTheRightSecretAfterTenFailures)
{
    const auto created = *api_keys_.create("shop", 7, {}, {});
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(api_keys_.authenticate(created.key.id, Secret{"sk_x"}, "192.0.2.1").error().code,
                  ErrorCode::InvalidCredentials);
    }

    EXPECT_EQ(api_keys_.authenticate(created.key.id, created.secret, "192.0.2.1").error().code,
              ErrorCode::RateLimited);
    EXPECT_TRUE(api_keys_.authenticate(created.key.id, created.secret, "192.0.2.2"));
    clock_.advance(seconds{60});
    EXPECT_TRUE(api_keys_.authenticate(created.key.id, created.secret, "192.0.2.1"));
}

TEST_F(TokensTest, DieWithTheirKey)
{
    const auto key = this->key();
    const auto token = api_tokens_.issue(key).token;
    ASSERT_TRUE(api_tokens_.authenticate(token));

    ASSERT_TRUE(api_keys_.revoke(key.id, ProjectScope::all(), {}, {}));

    EXPECT_EQ(refused(token), ErrorCode::TokenRevoked);
}

TEST_F(TokensTest, KeepNoSecretOfAKey)
{
    const auto created = *api_keys_.create("shop", 7, {}, {});

    EXPECT_GE(created.secret.reveal().size(), 43U);
    EXPECT_EQ(created.key.secret_hash, to_hex(crypto::sha256(created.secret.reveal())));
}

TEST(ScopeTextTest, ReadsWhatItWrites)
{
    for (std::uint8_t scopes = 1; scopes < 8; ++scopes) {
        EXPECT_EQ(parse_scope_text(scope_text(scopes)), scopes);
    }
    EXPECT_EQ(parse_scope_text("access,read"), 5);
    for (const char* wrong :
         {"", " ", "access ", "access  read", "access access", "all", "Access"}) {
        EXPECT_EQ(parse_scope_text(wrong), std::nullopt) << wrong;
    }
}

}  // namespace
}  // namespace accessd::tokens
