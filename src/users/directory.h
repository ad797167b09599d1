#pragma once

#include "base/clock.h"
#include "base/condition.h"
#include "base/page.h"
#include "base/random.h"
#include "base/result.h"
#include "users/person.h"
#include "users/user.h"
#include "users/user_store.h"

#include <functional>
#include <optional>
#include <string>

namespace accessd::users {

/// The project's own list of people: what a caller may change of it, and how.
///
/// Threads: safe to call concurrently.
class Directory {
public:
    Directory(UserStore& store, Clock& clock, Random& random);

    /// What a caller says of a new user; `user_id` empty: made by us.
    struct NewUser {
        std::string user_id;
        std::optional<std::string> email;  ///< Canonical.
        std::optional<std::string> phone;
        std::optional<std::string> name;
        std::string claims = "{}";
    };
    /// Errors: Conflict, ProjectNotFound, StoreUnavailable.
    Result<User> create(const std::string& project_id, NewUser user, bool test,
                        const events::AuditEntry& audit);
    /// Errors: UserNotFound, StoreUnavailable.
    Result<User> get(const std::string& project_id, const std::string& user_id);
    /// Applies `change` to the user as it is stored, again if somebody else was faster.
    /// Errors: UserNotFound, Conflict, StoreUnavailable.
    Result<User> change(const std::string& project_id, const std::string& user_id, bool test,
                        const std::function<void(User&)>& change, const Condition<User>& condition,
                        const events::AuditEntry& audit);
    /// Erases the person everywhere: see UserStore::erase. Errors: UserNotFound, StoreUnavailable.
    Result<Erased> erase(const std::string& project_id, const std::string& user_id, bool test,
                         const Condition<User>& condition, const events::AuditEntry& audit);

    /// Whom a contact belongs to in the directory; nothing for nobody. Errors: StoreUnavailable.
    Result<std::optional<User>> find_by_email(const std::string& project_id,
                                              const std::string& email);
    Result<std::optional<User>> find(const std::string& project_id, const Contact& contact);
    Result<std::optional<User>> find_by_phone(const std::string& project_id,
                                              const std::string& phone);

private:
    UserStore& store_;
    Clock& clock_;
    Random& random_;
};

/// A user id that we make: usr_...
std::string make_user_id(TimePoint now, Random& random);

/// 1-128 of A-Za-z0-9._@:+-, the customer's own id of a user.
bool is_user_id(std::string_view text);

}  // namespace accessd::users
