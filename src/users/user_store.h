#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"
#include "users/user.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::users {

struct UserFilter {
    std::optional<std::string> email;  ///< Canonical.
    std::optional<std::string> phone;
    std::optional<std::string> user_id;
};

/// The people of each project, and the sources they are looked up in. Changes write their events
/// (user.created, .updated, .deleted) and their audit entry in the same transaction; `test` marks events.
class UserStore {
public:
    virtual ~UserStore() = default;

    /// Errors: Conflict with `details.field` (user_id, email or phone already taken in the project),
    /// ProjectNotFound, StoreUnavailable.
    virtual Result<void> insert(const User& user, bool test,
                                const events::AuditEntry& audit = {}) = 0;
    /// Nothing if unknown. Errors: StoreUnavailable.
    virtual Result<std::optional<User>> find(const std::string& project_id,
                                             const std::string& user_id) = 0;
    virtual Result<std::optional<User>> find_by_email(const std::string& project_id,
                                                      const std::string& email) = 0;
    virtual Result<std::optional<User>> find_by_phone(const std::string& project_id,
                                                      const std::string& phone) = 0;
    /// Newest first (by creation, then user_id); the cursor is a user_id.
    virtual Result<Page<User>> list(const std::string& project_id, const UserFilter& filter,
                                    const PageRequest& page) = 0;
    /// Stores `user` if the stored version is `user.version`, which then rises by one.
    /// Errors: Conflict with `details.field`, or without it when somebody else changed the user
    /// meanwhile; UserNotFound; StoreUnavailable.
    virtual Result<void> update(const User& user, bool test,
                                const events::AuditEntry& audit = {}) = 0;
    /// Erases the person everywhere: user, validations and messages (those of the user's id and of
    /// the user's contacts), logins, the ids and contacts in events, the id in earlier audit entries.
    /// Writes user.deleted.
    /// Where `version` is given, only if it is the stored one.
    /// Errors: Conflict (it isn't), UserNotFound, StoreUnavailable.
    virtual Result<Erased> erase(const std::string& project_id, const std::string& user_id,
                                 TimePoint now, bool test,
                                 std::optional<std::int64_t> version = std::nullopt,
                                 const events::AuditEntry& audit = {}) = 0;
};

/// Where projects look their people up.
class SourceStore {
public:
    virtual ~SourceStore() = default;

    /// Errors: ProjectNotFound, StoreUnavailable.
    virtual Result<void> insert(const Source& source, const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<Source>> find(const std::string& id,
                                               const ProjectScope& scope) = 0;
    virtual Result<Page<Source>> list(const std::string& project_id, const PageRequest& page) = 0;
    /// As UserStore::update. Errors: Conflict, SourceNotFound, StoreUnavailable.
    virtual Result<void> update(const Source& source, const events::AuditEntry& audit = {}) = 0;
    /// Where `version` is given, only if it is the stored one.
    /// Errors: SourceNotFound; Conflict while a flow uses it (names the flow), or without the flow
    /// when somebody else changed the source meanwhile; StoreUnavailable.
    virtual Result<void> remove(const std::string& project_id, const std::string& id,
                                std::optional<std::int64_t> version = std::nullopt,
                                const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::users
