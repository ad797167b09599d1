#pragma once

#include "base/clock.h"
#include "base/project_scope.h"
#include "base/random.h"
#include "base/result.h"
#include "tokens/api_tokens.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::tokens {

/// A finished login, as its token tells it.
struct FinishedLogin {
    std::string login_id;
    std::string project_id;        ///< `aud`.
    std::string user_id;           ///< `sub`.
    TimePoint authenticated_at;    ///< When the last method was done.
    std::vector<std::string> amr;  ///< RFC 8176: "otp".
    std::string claims;            ///< JSON object for `claims`; "{}" leaves it out.
    bool test = false;
};

/// What a customer's software gets when a person is logged in; verifiable with the JWKS alone.
/// Threads: safe to call concurrently.
class LoginTokens {
public:
    LoginTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
                TokenPolicy policy);

    IssuedToken issue(const FinishedLogin& login);

    /// RFC 7662 fields: {"active": true, claims...}, or {"active": false} and nothing else for
    /// whatever isn't a live login token of a project in scope.
    nlohmann::json introspect(std::string_view token, const ProjectScope& scope);

    /// Revokes a login token of a project in scope; one that isn't is quietly left (RFC 7009, 2.2).
    /// Errors: StoreUnavailable.
    Result<void> revoke(std::string_view token, const ProjectScope& scope);

private:
    SigningKeys& keys_;
    Revocations& revocations_;
    Clock& clock_;
    Random& random_;
    TokenPolicy policy_;
};

}  // namespace accessd::tokens
