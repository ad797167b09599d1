#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "http/router.h"
#include "limits/idempotency_store.h"

#include <chrono>
#include <string>
#include <string_view>

namespace accessd::app {

/// Answers a request that was sent twice with one Idempotency-Key as it was answered the first time:
/// api.md, section 1. Stands around a handler, which knows nothing of it.
///
/// Threads: safe to call concurrently.
class Idempotency {
public:
    /// How long answers are kept. Source: api.md, section 1.
    static constexpr auto kLife = std::chrono::hours{24};
    static constexpr auto kLifeOfSecrets = std::chrono::minutes{10};
    /// How long a key is held for a request that may have died with its server. Far longer than any
    /// request takes.
    static constexpr auto kLease = std::chrono::seconds{60};

    Idempotency(limits::IdempotencyStore& store, const crypto::Keyring& keyring, Clock& clock,
                Random& random);

    /// `handler`, carried out once for each key; its answers are kept for `life`.
    /// Errors, besides the handler's: InvalidRequest (the key), IdempotencyConflict,
    /// IdempotencyInProgress, StoreUnavailable.
    http::Handler once(std::string route, std::chrono::seconds life, http::Handler handler);

private:
    class Lease;

    Result<http::Response> answer(const http::Request& request, const std::string& route,
                                  const std::string& key, std::chrono::seconds life,
                                  const http::Handler& handler);
    Result<http::Response> run(const http::Request& request, const http::Handler& handler,
                               std::chrono::seconds life, Lease& lease);
    Result<http::Response> replay(const std::string& scope, const std::string& sealed) const;

    limits::IdempotencyStore& store_;
    const crypto::Keyring& keyring_;
    Clock& clock_;
    Random& random_;
};

}  // namespace accessd::app
