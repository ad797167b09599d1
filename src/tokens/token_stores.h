#pragma once

#include "base/clock.h"
#include "base/page.h"
#include "base/result.h"
#include "events/audit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace accessd::tokens {

/// Credentials of a customer's software.
struct ApiKey {
    std::string id;  ///< key_...; also the client_id.
    std::string name;
    std::string
        secret_hash;  ///< SHA-256; the secret has 256 random bits, so nothing slower is needed.
    std::uint8_t scopes = 0;  ///< Bits of Scope.
    std::string project_id;   ///< Empty: all projects.
    TimePoint created_at;
    std::optional<TimePoint> revoked_at;
    std::optional<TimePoint> last_used_at;  ///< To the day.
    std::int64_t version = 1;
};

class ApiKeyStore {
public:
    virtual ~ApiKeyStore() = default;
    /// Errors: ProjectNotFound, StoreUnavailable.
    virtual Result<void> insert(const ApiKey& key, const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<ApiKey>> find(const std::string& id) = 0;
    /// Those bound to `project_id`, or all keys when it is empty.
    virtual Result<Page<ApiKey>> list(const std::string& project_id, const PageRequest& page) = 0;
    /// Renames; where `seen` is given, only if name and revocation are still those.
    /// Errors: Conflict (they aren't), KeyNotFound, StoreUnavailable.
    virtual Result<void> rename(const std::string& id, const std::string& name,
                                const ApiKey* seen = nullptr,
                                const events::AuditEntry& audit = {}) = 0;
    /// Ends the key and every token made from it, at once. A second time changes nothing.
    /// Errors: as rename.
    virtual Result<void> revoke(const std::string& id, TimePoint now, const ApiKey* seen = nullptr,
                                const events::AuditEntry& audit = {}) = 0;
    /// Notes the use; writes only when the day changed. Errors: StoreUnavailable.
    virtual Result<void> touch(const std::string& id, TimePoint now) = 0;
};

/// A token, or every token of a subject made before a moment, that is good no longer.
struct Revocation {
    enum class Kind { Token, Subject };
    Kind kind{};
    std::string value;     ///< jti, "within jti" (see Revocations::revoke_token), or sub.
    TimePoint revoked_at;  ///< Subject: tokens whose jti was made at or before this are dead.
    TimePoint expires_at;  ///< When the last token concerned has expired by itself.
};

class RevocationStore {
public:
    virtual ~RevocationStore() = default;
    /// With the event security.token_revoked where `project_id` is not empty.
    /// Errors: StoreUnavailable.
    virtual Result<void> insert(const Revocation& revocation, const std::string& project_id,
                                const events::AuditEntry& audit = {}) = 0;
    /// Those still of use at `now`. Errors: StoreUnavailable.
    virtual Result<std::vector<Revocation>> list(TimePoint now) = 0;
    /// Rises with every insert: a cheap question whether list() would say something new.
    virtual Result<std::int64_t> generation() = 0;
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

/// A key that signs tokens, from announcement to oblivion.
struct SigningKey {
    /// Login tokens are verified by customers with the published keys; API tokens only here. Two
    /// sets, so that a published key proves nothing to this server's own API.
    enum class Use { Api, Login };
    std::string id;  ///< `kid`.
    Use use{};
    std::string sealed;     ///< Private key, PKCS#8 DER, sealed.
    TimePoint created_at;   ///< Published from here on.
    TimePoint active_from;  ///< Signs from here on, until the next one does.
    std::optional<TimePoint>
        retired_at;  ///< Set when a successor is made: when that one takes over.
};

class SigningKeyStore {
public:
    virtual ~SigningKeyStore() = default;
    virtual Result<std::vector<SigningKey>> list() = 0;
    /// Adds a key and sets retired_at of the one it follows. Errors: Conflict if the newest key of
    /// this use is no longer `follows` (another node was first; empty: there is none);
    /// StoreUnavailable.
    virtual Result<void> insert(const SigningKey& key, const std::string& follows) = 0;
    virtual Result<void> remove(const std::string& id) = 0;
};

}  // namespace accessd::tokens
