#pragma once

#include "access/lock.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"

#include <optional>
#include <string>

namespace accessd::access {

/// Locks at rest. They begin in ValidationStore::use, with the failure that is one too many. Every
/// engine passes tests/store/lock_store_contract_test.cpp.
class LockStore {
public:
    virtual ~LockStore() = default;

    /// Newest first. Errors: StoreUnavailable.
    virtual Result<Page<Lock>> list(const std::string& project_id, const PageRequest& page) = 0;

    /// Ends a lock and forgets the identity's failures, waits included. Writes security.unlocked with
    /// the reason, and the audit entry with the lock's project. Returns what the lock was.
    /// Errors: LockNotFound (also outside the scope), StoreUnavailable.
    virtual Result<Lock> clear(const std::string& id, const ProjectScope& scope,
                               const std::string& reason, TimePoint now,
                               const events::AuditEntry& audit = {}) = 0;

    /// The lock that a link ends, by the digest of its token; nothing if it is unknown, past its time, or
    /// the lock is gone. The token is the only credential: there is no scope. Errors: StoreUnavailable.
    virtual Result<std::optional<Lock>> find_by_link(const std::string& digest, TimePoint now) = 0;

    /// Ends the lock as clear() does. Of any number of concurrent calls one succeeds.
    /// Errors: LockNotFound (where find_by_link() finds nothing), StoreUnavailable.
    virtual Result<Lock> clear_by_link(const std::string& digest, TimePoint now) = 0;

    /// Forgets failures that were followed by nothing for 30 days, at most `rows_max` of them. Returns
    /// how many. Errors: StoreUnavailable.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::access
