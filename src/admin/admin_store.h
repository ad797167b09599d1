#pragma once

#include "admin/admin.h"
#include "base/page.h"
#include "base/result.h"
#include "events/audit.h"

#include <optional>
#include <string>

namespace accessd::admin {

/// The people who administer the server. Changes write their audit entry in the same transaction. Every
/// engine passes tests/store/admin_stores_contract_test.cpp.
class AdminStore {
public:
    virtual ~AdminStore() = default;

    /// Errors: Conflict with `details.field` = email; ProjectNotFound; StoreUnavailable.
    virtual Result<void> insert(const Admin& admin, const events::AuditEntry& audit) = 0;
    virtual Result<std::optional<Admin>> find(const std::string& id) = 0;
    virtual Result<std::optional<Admin>> find_by_email(const std::string& email) = 0;
    virtual Result<Page<Admin>> list(const PageRequest& page) = 0;
    /// Stores `admin` if the stored version is `admin.version`, which then rises by one. Other rights end
    /// the admin's sessions and links in the same transaction.
    /// Errors: Conflict (somebody else changed the admin meanwhile), or with `details.field` = role for
    /// the last owner, who must stay one; AdminNotFound; ProjectNotFound; StoreUnavailable.
    virtual Result<void> update(const Admin& admin, const events::AuditEntry& audit) = 0;
    /// With sessions and links; where `version` is given, only if it is the stored one.
    /// Errors: as update.
    virtual Result<void> remove(const std::string& id, std::optional<std::int64_t> version,
                                const events::AuditEntry& audit) = 0;
    /// The second factor with its recovery codes, and sessions that wait for it. False, and no entry, if there was
    /// none. Errors: AdminNotFound; StoreUnavailable.
    virtual Result<bool> remove_factor(const std::string& id, const events::AuditEntry& audit) = 0;
};

}  // namespace accessd::admin
