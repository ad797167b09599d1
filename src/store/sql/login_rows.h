#pragma once

#include "access/login_code_store.h"
#include "access/validation.h"
#include "projects/project.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_connection.h"
#include "users/user.h"

#include <optional>
#include <string>

namespace accessd::store {

// All of these run inside the caller's transaction, and throw SqlFailure.

void insert_login(Connection& connection, const access::Login& login);

/// One method of a login is done by its user: access/flow.h decides whether that completes it. Then its one-time code
/// is kept, if there is to be one. The login must be pending, and nobody else's.
void advance_login(Connection& connection, access::Login& login, const std::string& user_id,
                   projects::Method method, const projects::Policy& policy,
                   const std::optional<access::LoginCode>& login_code, TimePoint now);

/// Who proves to be the user by one factor gets the paused others back. Writes security.unlocked.
void unlock_others(Connection& connection, EventWriter& events, const users::User& user,
                   projects::Method method, TimePoint now, bool test);

}  // namespace accessd::store
