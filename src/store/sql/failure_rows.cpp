#include "store/sql/failure_rows.h"

#include "store/sql/validation_rows.h"

namespace accessd::store {
namespace {

using access::Identity;
using access::Lock;

constexpr auto kAnywhere = "*";  // No network is written like this.

constexpr auto kCounters = R"(
    SELECT client, failures, wait_until FROM failure_counters
     WHERE project_id = ?1 AND method = ?2 AND contact = ?3)";

constexpr auto kCount = R"(
    INSERT INTO failure_counters (project_id, method, contact, client, failures, last_at)
    VALUES (?1, ?2, ?3, ?4, 1, ?5)
        ON CONFLICT (project_id, method, contact, client)
        DO UPDATE SET failures = failure_counters.failures + 1, last_at = excluded.last_at
    RETURNING failures)";

constexpr auto kSetWait = R"(
    UPDATE failure_counters SET wait_until = ?5
     WHERE project_id = ?1 AND method = ?2 AND contact = ?3 AND client = ?4)";

constexpr auto kForget = R"(
    DELETE FROM failure_counters
     WHERE project_id = ?1 AND method = ?2 AND contact = ?3 AND client IN (?4, ?5))";

constexpr auto kForgetAll =
    "DELETE FROM failure_counters WHERE project_id = ?1 AND method = ?2 AND contact = ?3";

constexpr auto kInsertLock = R"(
    INSERT INTO locks (id, project_id, method, contact, user_id, failures, reason, locked_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))";

/// The count after one more failure.
int count_one(Connection& connection, const Identity& identity, const std::string& client,
              TimePoint now)
{
    auto row = connection.query(kCount, {identity.project_id, projects::to_text(identity.method),
                                         identity.contact, client, now});
    row.next();
    const int failures = row.small(0);
    row.next();  // To its end, so that the change counts as done.
    return failures;
}

}  // namespace

Lock read_lock(const Rows& row)
{
    Lock lock;
    lock.id = row.text(0);
    lock.identity.project_id = row.text(1);
    lock.identity.method = projects::parse_method(row.text(2)).value_or(projects::Method{});
    lock.identity.contact = row.text(3);
    lock.user_id = row.text(4);
    lock.failures = row.small(5);
    lock.reason = row.text(6);
    lock.locked_at = row.time(7);
    return lock;
}

Rows ask_lock(Connection& connection, const Identity& identity)
{
    static const auto sql = std::string{"SELECT "} + kLockColumns +
                            " FROM locks WHERE project_id = ?1 AND method = ?2 AND contact = ?3";
    return connection.query(
        sql, {identity.project_id, projects::to_text(identity.method), identity.contact});
}

std::optional<Lock> find_lock(Connection& connection, const Identity& identity)
{
    auto row = ask_lock(connection, identity);
    if (!row.next()) return std::nullopt;
    return read_lock(row);
}

TryCheck check_try(Connection& connection, const Identity& identity, const std::string& client,
                   const access::FailureLimits& limits, TimePoint now)
{
    TryCheck check;
    auto lock = ask_lock(connection, identity);
    auto row = connection.query(
        kCounters, {identity.project_id, projects::to_text(identity.method), identity.contact});
    if (lock.next()) {
        check.refusal = access::locked_refusal();
        return check;
    }
    while (row.next()) {
        check.has_failures = true;
        const auto wait_until = row.optional_time(2);
        const bool waits = wait_until && *wait_until > now && row.text(0) == client;
        if (waits && limits.before_wait != 0) {
            check.refusal = access::wait_refusal(row.small(1), *wait_until - now, limits);
        }
    }
    return check;
}

std::optional<Lock> count_failure(Connection& connection, const Identity& identity,
                                  const std::string& client, const access::FailureLimits& limits,
                                  TimePoint now)
{
    const auto wait = access::wait_after(count_one(connection, identity, client, now), limits);
    if (wait.count() > 0) {
        connection.run(kSetWait, {identity.project_id, projects::to_text(identity.method),
                                  identity.contact, client, now + wait});
    }
    const int failures = count_one(connection, identity, kAnywhere, now);
    if (limits.before_lock == 0 || failures < limits.before_lock) return std::nullopt;
    Lock lock;
    lock.identity = identity;
    lock.failures = failures;
    lock.reason = "failures";
    lock.locked_at = now;
    return lock;
}

void insert_lock(Connection& connection, const Lock& lock)
{
    connection.run(kInsertLock,
                   {lock.id, lock.identity.project_id, projects::to_text(lock.identity.method),
                    lock.identity.contact, or_null(lock.user_id), lock.failures, lock.reason,
                    lock.locked_at});
}

void set_unlock_link(Connection& connection, const std::string& lock_id, const std::string& digest,
                     TimePoint expires_at)
{
    connection.run("UPDATE locks SET link_digest = ?2, link_expires_at = ?3 WHERE id = ?1",
                   {lock_id, Blob{digest}, expires_at});
}

void forget_failures(Connection& connection, const Identity& identity, const std::string& client)
{
    connection.run(kForget, {identity.project_id, projects::to_text(identity.method),
                             identity.contact, client, kAnywhere});
}

void remove_lock(Connection& connection, EventWriter& events, const Lock& lock,
                 const std::string& reason, TimePoint now, bool test)
{
    connection.run("DELETE FROM locks WHERE id = ?1", {lock.id});
    connection.run(kForgetAll, {lock.identity.project_id, projects::to_text(lock.identity.method),
                                lock.identity.contact});
    auto unlocked = event_of(lock, events::EventType::SecurityUnlocked, now, test);
    unlocked.reason = reason;
    events.write(connection, {unlocked});
}

events::Event event_of(const Lock& lock, events::EventType type, TimePoint at, bool test)
{
    events::Event event;
    event.project_id = lock.identity.project_id;
    event.type = type;
    event.at = at;
    event.user_id = lock.user_id;
    event.channel = projects::to_text(lock.identity.method);
    if (lock.identity.method != projects::Method::Biometric) {
        event.destination = masked_contact(lock.identity.contact);
    }
    event.reason = lock.reason;
    event.test = test;
    return event;
}

}  // namespace accessd::store
