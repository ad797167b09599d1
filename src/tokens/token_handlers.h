#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "tokens/api_keys.h"
#include "tokens/api_tokens.h"
#include "tokens/login_tokens.h"

namespace accessd::tokens {

/// auth/*, tokens/* and the published keys: api.md, sections 2 and 7.
class TokenHandlers {
public:
    TokenHandlers(ApiKeys& keys, ApiTokens& api_tokens, LoginTokens& login_tokens,
                  SigningKeys& signing_keys);

    Result<http::Response> issue(const http::Request& request);
    Result<http::Response> renew(const http::Request& request);
    Result<http::Response> revoke_api_token(const http::Request& request);
    Result<http::Response> introspect(const http::Request& request);
    Result<http::Response> revoke_login_token(const http::Request& request);
    Result<http::Response> jwks(const http::Request& request);

private:
    ApiKeys& keys_;
    ApiTokens& api_tokens_;
    LoginTokens& login_tokens_;
    SigningKeys& signing_keys_;
};

}  // namespace accessd::tokens
