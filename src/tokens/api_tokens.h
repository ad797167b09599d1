#pragma once

#include "base/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "tokens/api_keys.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::tokens {

/// How long tokens are good for.
struct TokenPolicy {
    std::string issuer;                              ///< `iss`: the server's public URL.
    std::chrono::seconds api_token_life{3600};       ///< Source: api.md, section 2.
    std::chrono::seconds renewal_life{24 * 3600};    ///< From showing the credentials.
    std::chrono::seconds login_token_life{15 * 60};  ///< Source: api.md, section 7.
};

/// A token as auth/token answers it.
struct IssuedToken {
    std::string token;
    std::chrono::seconds expires_in{0};
    std::string scope;
};

/// Tokens of the API: given for credentials, read on every request, renewed, revoked.
///
/// Verified tokens are kept by hash until they expire: checking a signature costs 100-135 µs, more than
/// the rest of a request. Revocations are looked up on every use. Threads: safe to call concurrently.
class ApiTokens {
public:
    ApiTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
              TokenPolicy policy);
    ~ApiTokens();

    IssuedToken issue(const ApiKey& key);

    /// Who a token speaks for. Errors: InvalidToken, TokenExpired, TokenRevoked.
    Result<Caller> authenticate(std::string_view token);

    /// The same, but only of a token that was verified before; nothing of any other.
    std::optional<Result<Caller>> find_known(std::string_view token);

    /// A fresh token like the caller's; ends policy.renewal_life after the credentials were shown.
    /// Errors: TokenExpired when there is nothing left to renew; InsufficientScope for a person.
    Result<IssuedToken> renew(const Caller& caller);

    /// Revokes one token: the caller's own or one of the same key's; with `manage` any of the caller's
    /// projects. Others are left as they are, and nothing tells so: ids of tokens are not kept.
    /// Errors: InvalidRequest, StoreUnavailable.
    Result<void> revoke(const Caller& caller, const std::string& token_id,
                        const events::AuditEntry& audit);
    /// Revokes every token of the caller's key. Errors: StoreUnavailable.
    Result<void> revoke_all(const Caller& caller, const events::AuditEntry& audit);

private:
    /// Added to the life of a revocation: clocks of nodes differ by up to 2 s.
    static constexpr auto kClockSlack = std::chrono::seconds{60};

    class Cache;
    std::string sign(const Caller& caller, TimePoint now, TimePoint expires_at);
    Result<Caller> verify(std::string_view token);
    Result<Caller> check(Caller caller, TimePoint now);

    SigningKeys& keys_;
    Revocations& revocations_;
    Clock& clock_;
    Random& random_;
    TokenPolicy policy_;
    std::unique_ptr<Cache> cache_;
};

}  // namespace accessd::tokens
