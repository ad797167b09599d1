#pragma once

#include "base/clock.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "tokens/token_stores.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace accessd::tokens {

/// Which tokens are good no longer. A copy of the store's list, refreshed when the list grew.
///
/// Threads: safe to call concurrently.
class Revocations {
public:
    Revocations(RevocationStore& store, Clock& clock);

    /// Whether a token is revoked, by its id or with all of its subject's. `token_id` must be one of
    /// ours: its time decides whether a revocation of the subject came after it.
    bool is_revoked(std::string_view token_id, std::string_view subject,
                    const ProjectScope& projects = ProjectScope::only({})) const;

    /// Revokes one token, or all that its subject has so far. Holds on this node when it returns and
    /// on others within refresh()'s rhythm. `project_id` may be empty. A token isn't kept, so what its
    /// id belongs to shows only when it is used: `within` (a subject or a project; empty: anything) is
    /// whose token it must be for the revocation to hold. Errors: StoreUnavailable.
    Result<void> revoke_token(const std::string& token_id, TimePoint expires_at,
                              const std::string& project_id, const std::string& within = {},
                              const events::AuditEntry& audit = {});
    Result<void> revoke_subject(const std::string& subject, TimePoint last_expiry,
                                const std::string& project_id,
                                const events::AuditEntry& audit = {});

    /// Reads the list again if it grew. To be called every second. Errors: StoreUnavailable.
    Result<void> refresh();

private:
    struct Lists {
        std::unordered_map<std::string, TimePoint> tokens;    ///< By id, or "within id".
        std::unordered_map<std::string, TimePoint> subjects;  ///< Tokens up to this time are dead.
    };
    Result<void> load();
    std::shared_ptr<const Lists> lists() const;

    RevocationStore& store_;
    Clock& clock_;
    std::mutex
        loading_;  ///< One load at a time, so that an older answer can't replace a newer one.
    mutable std::mutex mutex_;  ///< Guards what follows; lists_ is replaced whole, never changed.
    std::shared_ptr<const Lists> lists_ = std::make_shared<const Lists>();
    std::int64_t generation_ = -1;
};

}  // namespace accessd::tokens
