#pragma once

#include "base/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "tokens/api_tokens.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <string_view>

namespace accessd::tokens {

/// Tokens with which a browser finishes one biometric validation: given to the business's server when the
/// validation begins, good until it ends. Bound to project, user and validation. Signed with the keys of API
/// tokens, which nobody outside this server accepts; `typ` and `aud` tell them apart.
/// Source: docs/decisions/0052-validation-tokens.md. Threads: safe to call concurrently.
class ValidationTokens {
public:
    ValidationTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
                     TokenPolicy policy);

    /// A token good from now until the validation's end, in whole seconds.
    IssuedToken issue(const OwnValidation& validation, TimePoint expires_at);

    /// Who a token speaks for: a caller with Scope::Validation alone, in one project.
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
