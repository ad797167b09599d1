#pragma once

#include "admin/admin.h"
#include "admin/admin_store.h"
#include "admin/console_sessions.h"
#include "base/caller.h"
#include "base/clock.h"
#include "base/condition.h"
#include "base/page.h"
#include "base/random.h"
#include "base/result.h"
#include "tokens/revocations.h"

#include <functional>
#include <string>

namespace accessd::admin {

/// Who administers the server, and who may decide that. `caller` is whoever asks; commands on the server's
/// own machine ask as operator_caller().
///
/// Threads: safe to call concurrently.
class Admins {
public:
    Admins(AdminStore& store, ConsoleSessions& sessions, tokens::Revocations& revocations,
           Clock& clock, Random& random);

    struct NewAdmin {
        std::string email;  ///< Canonical.
        std::optional<std::string> name;
        Role role = Role::Viewer;
        ProjectScope projects;  ///< All of them for an owner.
    };
    struct Invited {
        Admin admin;
        Secret link;  ///< Signs in once; shown this once.
        TimePoint link_expires_at{};
    };
    /// Errors: InsufficientScope (also for a role that may do more than the caller); Conflict with
    /// `details.field` = email; ProjectNotFound; StoreUnavailable.
    Result<Invited> invite(const Caller& caller, NewAdmin wish, const events::AuditEntry& audit);

    /// Errors: InsufficientScope for a caller bound to projects; AdminNotFound; StoreUnavailable.
    Result<Admin> get(const Caller& caller, const std::string& id);
    Result<Admin> get_by_email(const Caller& caller, const std::string& email);
    Result<Page<Admin>> list(const Caller& caller, const PageRequest& page);

    /// Other rights end the admin's sessions, links and tokens at once.
    /// Errors: InsufficientScope; Conflict with `details.field` = role (the last owner); AdminNotFound;
    /// ProjectNotFound; StoreUnavailable.
    Result<Admin> change(const Caller& caller, const std::string& id,
                         const std::function<void(Admin&)>& change,
                         const Condition<Admin>& condition, const events::AuditEntry& audit);
    /// Ends sessions, links and tokens at once. Errors: as change.
    Result<void> remove(const Caller& caller, const std::string& id,
                        const Condition<Admin>& condition, const events::AuditEntry& audit);
    /// For who lost the app and the recovery codes: the next sign-in needs neither. False if there was none.
    /// Errors: InsufficientScope; AdminNotFound; StoreUnavailable.
    Result<bool> remove_factor(const Caller& caller, const std::string& id,
                               const events::AuditEntry& audit);
    /// The same of who asks. Errors: AdminNotFound; StoreUnavailable.
    Result<bool> remove_own_factor(const Admin& admin, const events::AuditEntry& audit);

private:
    Result<void> end_access(const std::string& id);

    AdminStore& store_;
    ConsoleSessions& sessions_;
    tokens::Revocations& revocations_;
    Clock& clock_;
    Random& random_;
};

/// Whoever may use the administration socket may do everything.
Caller operator_caller();

}  // namespace accessd::admin
