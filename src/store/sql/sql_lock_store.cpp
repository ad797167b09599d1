#include "store/sql/sql_lock_store.h"

#include "store/sql/failure_rows.h"
#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

#include <chrono>

namespace accessd::store {
namespace {

using access::Lock;

constexpr auto kRemembered = std::chrono::days{30};

constexpr auto kPrune = R"(
    DELETE FROM failure_counters WHERE (project_id, method, contact, client) IN
        (SELECT project_id, method, contact, client FROM failure_counters
          WHERE last_at <= ?1 ORDER BY last_at LIMIT ?2))";

std::optional<Lock> find_lock_by_id(Connection& connection, const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kLockColumns + " FROM locks WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_lock(row);
}

std::optional<Lock> find_lock_by_link(Connection& connection, const std::string& digest,
                                      TimePoint now)
{
    static const auto sql = std::string{"SELECT "} + kLockColumns +
                            " FROM locks WHERE link_digest = ?1 AND link_expires_at > ?2";
    auto row = connection.query(sql, {Blob{digest}, now});
    if (!row.next()) return std::nullopt;
    return read_lock(row);
}

}  // namespace

Result<Page<Lock>> SqlLockStore::list(const std::string& project_id, const PageRequest& page)
{
    return database_.read([&](Connection& connection) -> Result<Page<Lock>> {
        ListQuery query{kLockColumns, "locks"};
        query.where("project_id = ?", project_id);
        return query.page(connection, page, read_lock, [](const Lock& lock) { return lock.id; });
    });
}

Result<Lock> SqlLockStore::clear(const std::string& id, const ProjectScope& scope,
                                 const std::string& reason, TimePoint now,
                                 const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<Lock> {
        auto lock = find_lock_by_id(connection, id);
        if (!lock || !scope.allows(lock->identity.project_id)) return ErrorCode::LockNotFound;
        const bool test = is_test_project(connection, lock->identity.project_id);
        remove_lock(connection, events_, *lock, reason, now, test);
        audit_.write(connection, audit.about(lock->id, lock->identity.project_id));
        return std::move(*lock);
    });
}

Result<std::optional<Lock>> SqlLockStore::find_by_link(const std::string& digest, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::optional<Lock>> {
        return find_lock_by_link(connection, digest, now);
    });
}

Result<Lock> SqlLockStore::clear_by_link(const std::string& digest, TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<Lock> {
        auto lock = find_lock_by_link(connection, digest, now);
        if (!lock) return ErrorCode::LockNotFound;
        const bool test = is_test_project(connection, lock->identity.project_id);
        remove_lock(connection, events_, *lock, access::kUnlockedByLink, now, test);
        return std::move(*lock);
    });
}

Result<int> SqlLockStore::prune(TimePoint now, int rows_max)
{
    return database_.write([&](Connection& connection) -> Result<int> {
        return connection.run(kPrune, {now - kRemembered, rows_max});
    });
}

}  // namespace accessd::store
