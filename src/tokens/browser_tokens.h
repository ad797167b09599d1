#pragma once

#include "base/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "tokens/api_tokens.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <string>
#include <string_view>

namespace accessd::tokens {

/// Tokens with which a browser runs one login: given when the login is opened, good until it ends.
/// Signed with the keys of API tokens, which nobody outside this server accepts; `typ` and `aud` tell the two
/// apart. Source: docs/decisions/0031-browser-tokens.md. Threads: safe to call concurrently.
class BrowserTokens {
public:
    BrowserTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
                  TokenPolicy policy);

    /// A token good from now until the login's end, in whole seconds.
    IssuedToken issue(const BrowserLogin& login, TimePoint expires_at);

    /// Who a token speaks for: a caller with Scope::Browser alone, in one project.
    /// Errors: InvalidToken, TokenExpired, TokenRevoked.
    Result<Caller> authenticate(std::string_view token);

private:
    SigningKeys& keys_;
    Revocations& revocations_;
    Clock& clock_;
    Random& random_;
    TokenPolicy policy_;
};

}  // namespace accessd::tokens
