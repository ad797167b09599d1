#pragma once

#include "http/router.h"
#include "tokens/api_tokens.h"
#include "tokens/browser_tokens.h"
#include "tokens/jws.h"

namespace accessd::app {

/// Lets the router read bearer tokens without knowing what they are. What a token calls itself decides
/// only who checks it: each checker accepts its own kind alone.
class TokenGuard final : public http::Guard {
public:
    TokenGuard(tokens::ApiTokens& api_tokens, tokens::BrowserTokens& browser_tokens)
        : api_tokens_(api_tokens), browser_tokens_(browser_tokens)
    {
    }

    Result<http::Caller> authenticate(std::string_view bearer) override
    {
        if (tokens::claims_to_be(bearer, tokens::TokenType::Browser)) {
            return browser_tokens_.authenticate(bearer);
        }
        return api_tokens_.authenticate(bearer);
    }

private:
    tokens::ApiTokens& api_tokens_;
    tokens::BrowserTokens& browser_tokens_;
};

}  // namespace accessd::app
