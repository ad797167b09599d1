#include "tokens/token_handlers.h"

#include "events/audit_handlers.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

namespace accessd::tokens {
namespace {

http::Response token_response(const IssuedToken& issued)
{
    return http::success({{"access_token", issued.token},
                          {"token_type", "Bearer"},
                          {"expires_in", issued.expires_in.count()},
                          {"scope", issued.scope}},
                         "Token issued");
}

}  // namespace

TokenHandlers::TokenHandlers(ApiKeys& keys, ApiTokens& api_tokens, LoginTokens& login_tokens,
                             SigningKeys& signing_keys)
    : keys_(keys), api_tokens_(api_tokens), login_tokens_(login_tokens), signing_keys_(signing_keys)
{
}

/// POST /v2/access/auth/token   {"client_id": "key_...", "client_secret": "sk_..."}
Result<http::Response> TokenHandlers::issue(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto client_id = body.string("client_id", {.required = true, .min = 1, .max = 64});
    const auto secret = body.string("client_secret", {.required = true, .min = 1, .max = 200});
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto key, keys_.authenticate(*client_id, Secret{*secret}, request.peer));
    return token_response(api_tokens_.issue(key));
}

/// POST /v2/access/auth/renew
Result<http::Response> TokenHandlers::renew(const http::Request& request)
{
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto issued, api_tokens_.renew(request.authenticated()));
    return token_response(issued);
}

/// POST /v2/access/auth/revoke   {} or {"jti": "tok_..."} or {"all": true}
Result<http::Response> TokenHandlers::revoke_api_token(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request, true));
    const auto token_id = body.string("jti", {.min = 1, .max = 64});
    const auto all = body.boolean("all");
    if (token_id && all.value_or(false)) body.refuse("all", "can't be combined with jti");
    ACCESSD_CHECK(body.check());

    const auto& caller = request.authenticated();
    if (all.value_or(false)) {
        ACCESSD_CHECK(
            api_tokens_.revoke_all(caller, events::audit_of(request, "token.revoked_all")));
    } else {
        ACCESSD_CHECK(api_tokens_.revoke(caller, token_id.value_or(caller.token_id),
                                         events::audit_of(request, "token.revoked")));
    }
    return http::success({{"revoked", true}}, "Token revoked");
}

/// POST /v2/access/tokens/introspect   {"token": "eyJ..."}
Result<http::Response> TokenHandlers::introspect(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto token = body.string("token", {.required = true, .min = 1, .max = 8192});
    ACCESSD_CHECK(body.check());

    return http::success(login_tokens_.introspect(*token, request.scope()), "Token introspected");
}

/// POST /v2/access/tokens/revoke   {"token": "eyJ..."}
Result<http::Response> TokenHandlers::revoke_login_token(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto token = body.string("token", {.required = true, .min = 1, .max = 8192});
    ACCESSD_CHECK(body.check());

    ACCESSD_CHECK(login_tokens_.revoke(*token, request.scope()));
    return http::success({{"revoked", true}}, "Token revoked");
}

/// GET /.well-known/jwks.json
Result<http::Response> TokenHandlers::jwks(const http::Request&)
{
    return http::plain(signing_keys_.jwks().dump(), "application/jwk-set+json")
        .with_header("Cache-Control", "public, max-age=600")
        .with_header("Access-Control-Allow-Origin",
                     "*");  // Public keys: any page may check tokens.
}

}  // namespace accessd::tokens
