#pragma once

#include "events/event.h"
#include "store/sql/sql_connection.h"
#include "users/user.h"

#include <optional>
#include <string>

namespace accessd::store {

/// The columns that read_user() expects, in its order.
inline constexpr auto kUserColumns =
    "project_id, user_id, email, phone, name, claims, created_at, updated_at, version";
users::User read_user(const Rows& row);

std::optional<users::User> find_user(Connection& connection, const std::string& project_id,
                                     const std::string& user_id);
// For read_user(), of the two below.
Rows ask_user_by_email(Connection& connection, const std::string& project_id,
                       const std::string& email);
Rows ask_user_by_phone(Connection& connection, const std::string& project_id,
                       const std::string& phone);
std::optional<users::User> find_user_by_email(Connection& connection, const std::string& project_id,
                                              const std::string& email);
std::optional<users::User> find_user_by_phone(Connection& connection, const std::string& project_id,
                                              const std::string& phone);
/// Throws SqlFailure, with is_constraint() when the id or a contact is taken.
void insert_user(Connection& connection, const users::User& user);
/// Writes the row if it still has `user.version`, which rises; false if not. Throws as insert_user().
bool update_user(Connection& connection, const users::User& user);

/// Erases what belongs to a person, and the person; see UserStore::erase. Writes neither event nor audit entry.
users::Erased erase_user(Connection& connection, const users::User& user);

events::Event event_of(const users::User& user, events::EventType type, TimePoint at, bool test);

}  // namespace accessd::store
