#include "store/sql/sql_retention_store.h"

#include "base/id.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace accessd::store {
namespace {

// Ids sort by creation time and every index of a project's rows ends with the id, so these walk the
// oldest rows of one project and stop at the first that is young enough: no index of ages is needed.
constexpr auto kOldValidations =
    "SELECT id FROM validations WHERE project_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3";
constexpr auto kOldLogins = R"(
    SELECT id FROM logins
     WHERE project_id = ?1 AND id < ?2
       AND NOT EXISTS (SELECT 1 FROM validations WHERE login_id = logins.id)
     ORDER BY id LIMIT ?3)";
constexpr auto kOldMessages =
    "SELECT id FROM messages WHERE project_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3";
constexpr auto kOldInbox = R"(
    SELECT id FROM messages INDEXED BY messages_of_project
     WHERE project_id = ?1 AND id < ?2 AND test = 1 ORDER BY id LIMIT ?3)";
// The condition on the columns is word for word that of the index validations_with_client.
constexpr auto kOldClients = R"(
    SELECT id FROM validations
     WHERE project_id = ?1 AND id < ?2 AND (client_ip IS NOT NULL OR user_agent IS NOT NULL)
     ORDER BY id LIMIT ?3)";
// The first ones by number are looked at, whatever their age: numbers rise with time.
constexpr auto kOldEvents = R"(
    SELECT sequence FROM
        (SELECT sequence, at FROM events WHERE project_id = ?1 ORDER BY sequence LIMIT ?3) AS oldest
     WHERE at < ?2)";

// One statement for the batch: nothing older stands before its last one.
constexpr auto kDropEvents =
    "DELETE FROM events WHERE project_id = ?1 AND sequence <= ?2 AND at < ?3";

constexpr auto kOldAudit =
    "SELECT id FROM audit WHERE project_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3";
// From the oldest entry on, so that it stops at the first that is young enough.
constexpr auto kOldAuditOfNone = R"(
    SELECT id FROM audit
     WHERE id < ?2 AND ?1 = ''
       AND (project_id IS NULL OR project_id NOT IN (SELECT id FROM projects))
     ORDER BY id LIMIT ?3)";

constexpr auto kOldWebhookDeliveries =
    "SELECT id FROM webhook_deliveries WHERE project_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3";

constexpr auto kOldFraudBlocks =
    "SELECT id FROM fraud_blocks WHERE project_id = ?1 AND id < ?2 ORDER BY id LIMIT ?3";
// One statement, so that a counter that a send renews meanwhile stays.
constexpr auto kDropFraudCounters = R"(
    DELETE FROM fraud_counters
     WHERE project_id = ?1 AND at < ?2 AND (scope, key) IN
           (SELECT scope, key FROM fraud_counters
             WHERE project_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3))";
constexpr auto kHasOldFraudCounter =
    "SELECT 1 FROM fraud_counters WHERE project_id = ?1 AND at < ?2 LIMIT 1";

constexpr auto kDropAttempts = "DELETE FROM delivery_attempts WHERE message_id = ?1";
constexpr auto kDropMessage = "DELETE FROM messages WHERE id = ?1";
constexpr auto kMessagesOf = "SELECT id FROM messages WHERE validation_id = ?1";

/// What ids with this prefix that were made before the moment are less than.
std::string bound(std::string_view prefix, TimePoint before) { return first_id_at(prefix, before); }

std::vector<std::string> ids(Connection& connection, std::string_view sql,
                             std::initializer_list<Bind> binds)
{
    std::vector<std::string> found;
    auto row = connection.query(sql, binds);
    while (row.next()) found.push_back(row.text(0));
    return found;
}

void drop_message(Connection& connection, const std::string& id)
{
    connection.send(kDropAttempts, {id});
    connection.send(kDropMessage, {id});
}

void drop_validation(Connection& connection, const std::string& id)
{
    for (const auto& message : ids(connection, kMessagesOf, {id})) {
        drop_message(connection, message);
    }
    connection.send("DELETE FROM biometric_validations WHERE validation_id = ?1", {id});
    connection.send("DELETE FROM validations WHERE id = ?1", {id});
}

/// Looks first, because a write costs a sync of the disk and most calls find nothing; then takes each id.
template <class Take>
Result<int> take_batch(Database& database, std::string_view sql, const std::string& project_id,
                       const std::string& bound, int rows_max, Take take)
{
    ACCESSD_TRY(const auto found,
                database.read([&](Connection& connection) -> Result<std::vector<std::string>> {
                    return ids(connection, sql, {project_id, bound, rows_max});
                }));
    if (found.empty()) return 0;
    return database.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        for (const auto& id : found) take(connection, id);
        return static_cast<int>(found.size());
    });
}

}  // namespace

Result<int> SqlRetentionStore::remove_validations(const std::string& project_id, TimePoint before,
                                                  int rows_max)
{
    return take_batch(database_, kOldValidations, project_id, bound("val_", before), rows_max,
                      drop_validation);
}

Result<int> SqlRetentionStore::remove_logins(const std::string& project_id, TimePoint before,
                                             int rows_max)
{
    return take_batch(database_, kOldLogins, project_id, bound("login_", before), rows_max,
                      [](Connection& connection, const std::string& id) {
                          connection.send("DELETE FROM logins WHERE id = ?1", {id});
                      });
}

Result<int> SqlRetentionStore::remove_messages(const std::string& project_id, TimePoint before,
                                               int rows_max)
{
    return take_batch(database_, kOldMessages, project_id, bound("msg_", before), rows_max,
                      drop_message);
}

Result<int> SqlRetentionStore::empty_inbox(const std::string& project_id, TimePoint before,
                                           int rows_max)
{
    return take_batch(database_, kOldInbox, project_id, bound("msg_", before), rows_max,
                      drop_message);
}

Result<int> SqlRetentionStore::forget_clients(const std::string& project_id, TimePoint before,
                                              int rows_max)
{
    return take_batch(database_, kOldClients, project_id, bound("val_", before), rows_max,
                      [](Connection& connection, const std::string& id) {
                          connection.send(
                              "UPDATE validations SET client_ip = NULL, user_agent = NULL"
                              " WHERE id = ?1",
                              {id});
                      });
}

Result<int> SqlRetentionStore::remove_events(const std::string& project_id, TimePoint before,
                                             int rows_max)
{
    ACCESSD_TRY(const auto found,
                database_.read([&](Connection& connection) -> Result<std::vector<std::int64_t>> {
                    std::vector<std::int64_t> numbers;
                    auto row = connection.query(kOldEvents, {project_id, before, rows_max});
                    while (row.next()) numbers.push_back(row.integer(0));
                    return numbers;
                }));
    if (found.empty()) return 0;
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        const auto last = *std::max_element(found.begin(), found.end());
        connection.send(kDropEvents, {project_id, last, before});
        return static_cast<int>(found.size());
    });
}

Result<int> SqlRetentionStore::remove_webhook_deliveries(const std::string& project_id,
                                                         TimePoint before, int rows_max)
{
    return take_batch(database_, kOldWebhookDeliveries, project_id, bound("dlv_", before), rows_max,
                      [](Connection& connection, const std::string& id) {
                          connection.send("DELETE FROM webhook_tries WHERE delivery_id = ?1", {id});
                          connection.send("DELETE FROM webhook_deliveries WHERE id = ?1", {id});
                      });
}

Result<int> SqlRetentionStore::remove_fraud_blocks(const std::string& project_id, TimePoint before,
                                                   int rows_max)
{
    return take_batch(database_, kOldFraudBlocks, project_id, bound("blk_", before), rows_max,
                      [](Connection& connection, const std::string& id) {
                          connection.send("DELETE FROM fraud_blocks WHERE id = ?1", {id});
                      });
}

Result<int> SqlRetentionStore::remove_fraud_counters(const std::string& project_id,
                                                     TimePoint before, int rows_max)
{
    ACCESSD_TRY(const bool is_any, database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(kHasOldFraudCounter, {project_id, before});
        return row.next();
    }));
    if (!is_any) return 0;
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<int> {
        return connection.run(kDropFraudCounters, {project_id, before, rows_max});
    });
}

Result<int> SqlRetentionStore::remove_audit(const std::string& project_id, TimePoint before,
                                            int rows_max)
{
    const auto* sql = project_id.empty() ? kOldAuditOfNone : kOldAudit;
    return take_batch(database_, sql, project_id, bound("aud_", before), rows_max,
                      [](Connection& connection, const std::string& id) {
                          connection.send("DELETE FROM audit WHERE id = ?1", {id});
                      });
}

}  // namespace accessd::store
