#pragma once

#include "http/router.h"
#include "tokens/api_tokens.h"

namespace accessd::app {

/// Lets the router read bearer tokens without knowing what they are.
class TokenGuard final : public http::Guard {
public:
    explicit TokenGuard(tokens::ApiTokens& tokens) : tokens_(tokens) {}

    Result<http::Caller> authenticate(std::string_view bearer) override
    {
        return tokens_.authenticate(bearer);
    }

private:
    tokens::ApiTokens& tokens_;
};

}  // namespace accessd::app
