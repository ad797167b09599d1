#pragma once

#include "base/clock.h"
#include "base/condition.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "limits/limit_store.h"
#include "tokens/revocations.h"
#include "tokens/token_stores.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace accessd::tokens {

/// The credentials of customers' software: made, shown once, checked, ended.
///
/// Threads: safe to call concurrently.
class ApiKeys {
public:
    ApiKeys(ApiKeyStore& store, limits::LimitStore& limits, Revocations& revocations, Clock& clock,
            Random& random, std::chrono::seconds token_life);

    struct Created {
        ApiKey key;
        Secret secret;  ///< Shown this once; only its hash is kept.
    };
    /// `project_id` empty: all projects. Errors: ProjectNotFound, StoreUnavailable.
    Result<Created> create(std::string name, std::uint8_t scopes, std::string project_id,
                           const events::AuditEntry& audit);

    /// The key with these credentials. Counts failures per client id and address, exactly, and refuses
    /// even the right secret beyond limits::kTokenFailures. Writes nothing for the right secret but, now
    /// and then, when the key was used. Unknown ids take as long as wrong secrets.
    /// Errors: InvalidCredentials, RateLimited, StoreUnavailable.
    Result<ApiKey> authenticate(const std::string& client_id, const Secret& secret,
                                const std::string& address);

    /// Errors: KeyNotFound (also outside the scope), StoreUnavailable.
    Result<ApiKey> get(const std::string& id, const ProjectScope& scope);
    Result<Page<ApiKey>> list(const ProjectScope& scope, const std::string& project_id,
                              const PageRequest& page);
    Result<ApiKey> rename(const std::string& id, const ProjectScope& scope, const std::string& name,
                          const Condition<ApiKey>& condition, const events::AuditEntry& audit);
    /// Ends the key and its tokens at once. Errors: KeyNotFound, StoreUnavailable.
    Result<ApiKey> revoke(const std::string& id, const ProjectScope& scope,
                          const Condition<ApiKey>& condition, const events::AuditEntry& audit);

private:
    ApiKeyStore& store_;
    limits::LimitStore& limits_;
    Revocations& revocations_;
    Clock& clock_;
    Random& random_;
    std::chrono::seconds token_life_;
};

}  // namespace accessd::tokens
