#pragma once

#include "admin/console_handlers.h"
#include "admin/console_sessions.h"
#include "http/router.h"
#include "tokens/api_tokens.h"

namespace accessd::app {

/// Lets the router read bearer tokens and cookies of sessions without knowing what they are.
class TokenGuard final : public http::Guard {
public:
    TokenGuard(tokens::ApiTokens& tokens, admin::ConsoleSessions& sessions, std::string_view url)
        : tokens_(tokens), sessions_(sessions), cookie_(url)
    {
    }

    Result<http::Caller> authenticate(std::string_view bearer) override
    {
        return tokens_.authenticate(bearer);
    }

    Result<std::optional<http::Caller>> find_session(const http::Request& request) override
    {
        return admin::find_session_caller(sessions_, cookie_, request);
    }

private:
    tokens::ApiTokens& tokens_;
    admin::ConsoleSessions& sessions_;
    admin::SessionCookie cookie_;
};

}  // namespace accessd::app
