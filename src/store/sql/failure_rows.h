#pragma once

#include "access/lock.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>

namespace accessd::store {

/// The columns that read_lock() expects, in its order.
inline constexpr auto kLockColumns =
    "id, project_id, method, contact, user_id, failures, reason, locked_at";
access::Lock read_lock(const Rows& row);

// All of these run inside the caller's transaction, and throw SqlFailure.

/// For read_lock(): the identity's lock, if it has one.
Rows ask_lock(Connection& connection, const access::Identity& identity);
std::optional<access::Lock> find_lock(Connection& connection, const access::Identity& identity);

/// What earlier failures mean for one more try.
struct TryCheck {
    std::optional<Error> refusal;  ///< The identity is locked, or the client has to wait.
    bool has_failures = false;     ///< There are some to forget after a success.
};
TryCheck check_try(Connection& connection, const access::Identity& identity,
                   const std::string& client, const access::FailureLimits& limits, TimePoint now);

/// Counts a failure of the identity, and of the client's for it. Returns the lock where this failure is
/// the one too many: to be given an id, and put.
std::optional<access::Lock> count_failure(Connection& connection, const access::Identity& identity,
                                          const std::string& client,
                                          const access::FailureLimits& limits, TimePoint now);
void insert_lock(Connection& connection, const access::Lock& lock);
/// Gives a lock the link that ends it.
void set_unlock_link(Connection& connection, const std::string& lock_id, const std::string& digest,
                     TimePoint expires_at);

/// After a success: the identity's failures are forgotten, and this client's; other clients still wait.
void forget_failures(Connection& connection, const access::Identity& identity,
                     const std::string& client);

/// Ends the lock, forgets every failure of the identity and writes security.unlocked.
void remove_lock(Connection& connection, EventWriter& events, const access::Lock& lock,
                 const std::string& reason, TimePoint now, bool test);

/// security.locked or security.unlocked.
events::Event event_of(const access::Lock& lock, events::EventType type, TimePoint at, bool test);

}  // namespace accessd::store
