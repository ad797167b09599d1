#include "tokens/validation_tokens.h"

#include "base/id.h"
#include "tokens/token_id.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace accessd::tokens {
namespace {

constexpr std::string_view kAudience = "accessd-validation";

Error refuse(std::string detail) { return Error{ErrorCode::InvalidToken, std::move(detail)}; }

std::string text_of(const nlohmann::json& claims, const char* name)
{
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<TimePoint> time_of(const nlohmann::json& claims, const char* name)
{
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    return TimePoint{std::chrono::seconds{found->get<std::int64_t>()}};
}

}  // namespace

ValidationTokens::ValidationTokens(SigningKeys& keys, Revocations& revocations, Clock& clock,
                                   Random& random, TokenPolicy policy)
    : keys_(keys),
      revocations_(revocations),
      clock_(clock),
      random_(random),
      policy_(std::move(policy))
{
}

IssuedToken ValidationTokens::issue(const OwnValidation& validation, TimePoint expires_at)
{
    const auto now = clock_.now();
    const auto life = std::chrono::floor<std::chrono::seconds>(expires_at - now);
    return {keys_.sign(TokenType::Validation, {{"iss", policy_.issuer},
                                               {"aud", kAudience},
                                               {"sub", validation.validation_id},
                                               {"project_id", validation.project_id},
                                               {"user_id", validation.user_id},
                                               {"iat", unix_seconds(now)},
                                               {"exp", unix_seconds(expires_at)},
                                               {"jti", make_id(kTokenIdPrefix, now, random_)}}),
            life,
            {}};
}

Result<Caller> ValidationTokens::authenticate(std::string_view token)
{
    ACCESSD_TRY(const auto claims, keys_.verify(TokenType::Validation, token));
    if (text_of(claims, "iss") != policy_.issuer) return refuse("token of another issuer");
    if (text_of(claims, "aud") != kAudience) return refuse("token for another audience");
    if (claims.contains("nbf")) return refuse("a validation's token that isn't ours");

    Caller caller;
    caller.subject = text_of(claims, "sub");
    caller.token_id = text_of(claims, "jti");
    caller.scopes = static_cast<std::uint8_t>(Scope::Validation);
    caller.validation =
        OwnValidation{text_of(claims, "project_id"), text_of(claims, "user_id"), caller.subject};
    const auto made_at = time_of(claims, "iat");
    const auto expires_at = time_of(claims, "exp");
    const bool is_whole = made_at && expires_at && !caller.validation->user_id.empty() &&
                          looks_like_id(caller.validation->project_id, "prj_") &&
                          looks_like_id(caller.subject, "val_") &&
                          looks_like_id(caller.token_id, kTokenIdPrefix);
    if (!is_whole) return refuse("a validation's token lacks a claim");
    caller.projects = ProjectScope::only({caller.validation->project_id});
    caller.authenticated_at = *made_at;
    caller.expires_at = *expires_at;

    if (caller.expires_at <= clock_.now()) return ErrorCode::TokenExpired;
    if (revocations_.is_revoked(caller.token_id, caller.subject, caller.projects)) {
        return ErrorCode::TokenRevoked;
    }
    return caller;
}

}  // namespace accessd::tokens
