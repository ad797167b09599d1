#include "tokens/login_tokens.h"

#include "base/id.h"
#include "base/json.h"
#include "tokens/token_id.h"

#include <nlohmann/json.hpp>

namespace accessd::tokens {

LoginTokens::LoginTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
                         TokenPolicy policy)
    : keys_(keys),
      revocations_(revocations),
      clock_(clock),
      random_(random),
      policy_(std::move(policy))
{
}

IssuedToken LoginTokens::issue(const FinishedLogin& login)
{
    const auto now = clock_.now();
    nlohmann::json claims{{"iss", policy_.issuer},
                          {"aud", login.project_id},
                          {"sub", login.user_id},
                          {"iat", unix_seconds(now)},
                          {"exp", unix_seconds(now + policy_.login_token_life)},
                          {"jti", make_id(kTokenIdPrefix, now, random_)},
                          {"auth_time", unix_seconds(login.authenticated_at)},
                          {"amr", login.amr},
                          {"login_id", login.login_id}};
    if (login.test) claims["test"] = true;
    // Under a name of their own, so that no mapped claim can pass for a registered one.
    if (auto mapped = parse_json(login.claims); mapped && mapped->is_object() && !mapped->empty()) {
        claims["claims"] = std::move(*mapped);
    }
    return {keys_.sign(TokenType::Login, claims), policy_.login_token_life, {}};
}

nlohmann::json LoginTokens::introspect(std::string_view token, const ProjectScope& scope)
{
    const nlohmann::json inactive{{"active", false}};
    auto claims = keys_.verify(TokenType::Login, token);
    if (!claims) return inactive;
    if (claims->value("iss", "") != policy_.issuer) return inactive;
    if (!scope.allows(claims->value("aud", ""))) return inactive;
    if (claims->value("exp", std::int64_t{0}) <= unix_seconds(clock_.now())) return inactive;
    if (revocations_.is_revoked(claims->value("jti", ""), claims->value("login_id", ""))) {
        return inactive;
    }
    (*claims)["active"] = true;
    (*claims)["token_type"] = to_text(TokenType::Login);
    return std::move(*claims);
}

Result<void> LoginTokens::revoke(std::string_view token, const ProjectScope& scope)
{
    const auto claims = introspect(token, scope);
    if (!claims.at("active").get<bool>()) return {};
    return revocations_.revoke_token(
        claims.at("jti").get<std::string>(),
        TimePoint{std::chrono::seconds{claims.at("exp").get<std::int64_t>()}},
        claims.at("aud").get<std::string>());
}

}  // namespace accessd::tokens
