#pragma once

#include "admin/console_handlers.h"
#include "admin/console_sessions.h"
#include "http/router.h"
#include "tokens/api_tokens.h"
#include "tokens/browser_tokens.h"
#include "tokens/jws.h"
#include "tokens/validation_tokens.h"

namespace accessd::app {

/// Lets the router read bearer tokens and cookies of sessions without knowing what they are. What a token calls
/// itself decides only who checks it: each checker accepts its own kind alone.
class TokenGuard final : public http::Guard {
public:
    TokenGuard(tokens::ApiTokens& api_tokens, tokens::BrowserTokens& browser_tokens,
               tokens::ValidationTokens& validation_tokens, admin::ConsoleSessions& sessions,
               std::string_view url)
        : api_tokens_(api_tokens),
          browser_tokens_(browser_tokens),
          validation_tokens_(validation_tokens),
          sessions_(sessions),
          cookie_(url)
    {
    }

    Result<http::Caller> authenticate(std::string_view bearer) override
    {
        // Nearly always; and it needs no look into the token.
        if (auto known = api_tokens_.find_known(bearer)) return *std::move(known);
        if (tokens::claims_to_be(bearer, tokens::TokenType::Browser)) {
            return browser_tokens_.authenticate(bearer);
        }
        if (tokens::claims_to_be(bearer, tokens::TokenType::Validation)) {
            return validation_tokens_.authenticate(bearer);
        }
        return api_tokens_.authenticate(bearer);
    }

    Result<std::optional<http::Caller>> find_session(const http::Request& request) override
    {
        return admin::find_session_caller(sessions_, cookie_, request);
    }

private:
    tokens::ApiTokens& api_tokens_;
    tokens::BrowserTokens& browser_tokens_;
    tokens::ValidationTokens& validation_tokens_;
    admin::ConsoleSessions& sessions_;
    admin::SessionCookie cookie_;
};

}  // namespace accessd::app
