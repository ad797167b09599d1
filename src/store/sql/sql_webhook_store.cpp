#include "store/sql/sql_webhook_store.h"

#include "store/sql/event_writer.h"
#include "store/sql/project_rows.h"
#include "store/sql/webhook_rows.h"

#include <charconv>
#include <utility>

namespace accessd::store {
namespace {

using webhooks::Delivery;
using webhooks::Webhook;
using webhooks::WebhookStatus;

constexpr auto kInsert = R"(
    INSERT INTO webhooks (id, project_id, url, types, description, status, disabled_reason,
                          sealed_secret, sealed_old_secret, old_secret_until, created_at, updated_at,
                          version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13))";
constexpr auto kInsertQueue = R"(
    INSERT INTO webhook_queues (webhook_id, project_id, active, cursor, leased_until, failures,
                                hold_until)
    VALUES (?1, ?2, ?3, ?4, 0, 0, 0))";
constexpr auto kUpdate = R"(
    UPDATE webhooks SET url = ?3, types = ?4, description = ?5, status = ?6, disabled_reason = ?7,
           sealed_secret = ?8, sealed_old_secret = ?9, old_secret_until = ?10, updated_at = ?11,
           version = version + 1
     WHERE id = ?1 AND project_id = ?2 AND version = ?12)";
// Whatever was wrong before, the next try comes at once.
constexpr auto kUpdateQueue =
    "UPDATE webhook_queues SET active = ?2, failures = 0, hold_until = 0 WHERE webhook_id = ?1";
constexpr auto kStartAnew =
    "UPDATE webhook_queues SET cursor = ?2, failing_since = NULL WHERE webhook_id = ?1";
constexpr auto kRemove = R"(
    DELETE FROM webhooks WHERE id = ?1 AND project_id = ?2 AND version = coalesce(?3, version))";
constexpr auto kTries = R"(
    SELECT number, started_at, duration_ms, status, reason, headers, answer
      FROM webhook_tries WHERE delivery_id = ?1 ORDER BY number)";
constexpr auto kRedeliver = R"(
    UPDATE webhook_deliveries SET status = 'queued', step = 0, next_try_at = ?2, ended_at = NULL
     WHERE id = ?1)";
constexpr auto kInsertReplay = R"(
    INSERT INTO webhook_replays (id, webhook_id, project_id, next_sequence, last_sequence, from_at,
                                 to_at, types)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))";

/// Rows that a list's filters look at for one page.
constexpr int kRowsMax = 2000;

/// Events are numbered in the order of their writing; the time in them was taken a moment before. What lies
/// this close to a border is looked at one by one.
constexpr auto kDisorder = std::chrono::minutes{1};

ErrorCode why_unchanged(Connection& connection, const std::string& project_id,
                        const std::string& id)
{
    auto row = connection.query("SELECT 1 FROM webhooks WHERE id = ?1 AND project_id = ?2",
                                {id, project_id});
    return row.next() ? ErrorCode::Conflict : ErrorCode::WebhookNotFound;
}

std::int64_t count_of(Connection& connection, std::string_view sql, const std::string& id)
{
    auto row = connection.query(sql, {id});
    return row.next() ? row.integer(0) : 0;
}

std::string status_of(Connection& connection, const std::string& id)
{
    auto row = connection.query("SELECT status FROM webhooks WHERE id = ?1", {id});
    return row.next() ? row.text(0) : std::string{};
}

/// The first event at or after a time, by halving: times rise with numbers, and there is no index of them.
std::int64_t first_at(Connection& connection, const std::string& project_id, TimePoint time)
{
    constexpr auto kFirst = R"(
        SELECT sequence, at FROM events WHERE project_id = ?1 AND sequence >= ?2
         ORDER BY sequence LIMIT 1)";
    std::int64_t low = 1;
    std::int64_t high = last_sequence(connection, project_id) + 1;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        auto row = connection.query(kFirst, {project_id, middle});
        if (!row.next() || row.time(1) >= time) {
            high = middle;
        } else {
            low = row.integer(0) + 1;
        }
    }
    return low;
}

struct EventRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t count = 0;
};

EventRange range_of(Connection& connection, const webhooks::Replay& replay)
{
    constexpr auto kCount = R"(
        SELECT count(*) FROM events
         WHERE project_id = ?1 AND sequence >= ?2 AND sequence <= ?3 AND at >= ?4 AND at < ?5)";
    EventRange range;
    range.first = first_at(connection, replay.project_id, replay.from - kDisorder);
    range.last = first_at(connection, replay.project_id, replay.to + kDisorder) - 1;
    auto row = connection.query(
        kCount, {replay.project_id, range.first, range.last, replay.from, replay.to});
    if (row.next()) range.count = row.integer(0);
    return range;
}

std::int64_t parse_sequence(const std::optional<std::string>& cursor)
{
    std::int64_t sequence = INT64_MAX;
    if (cursor) std::from_chars(cursor->data(), cursor->data() + cursor->size(), sequence);
    return sequence;
}

}  // namespace

Result<void> SqlWebhookStore::insert(const Webhook& webhook, const events::AuditEntry& audit)
{
    const auto types = webhook.subscription.text();
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!has_project(connection, webhook.project_id)) return ErrorCode::ProjectNotFound;
        const auto count = count_of(
            connection, "SELECT count(*) FROM webhooks WHERE project_id = ?1", webhook.project_id);
        if (count >= kWebhooksMax) {
            return Error{ErrorCode::Conflict}.saying(
                "A project has 20 webhooks at most. Delete one that isn't used any more.");
        }
        connection.run(kInsert, {webhook.id, webhook.project_id, webhook.url, types,
                                 webhook.description, webhooks::to_text(webhook.status),
                                 or_null(webhook.disabled_reason), Blob{webhook.sealed_secret},
                                 blob_or_null(webhook.sealed_old_secret), webhook.old_secret_until,
                                 webhook.created_at, webhook.updated_at, webhook.version});
        connection.run(kInsertQueue,
                       {webhook.id, webhook.project_id, webhook.status == WebhookStatus::Active,
                        last_sequence(connection, webhook.project_id)});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Webhook>> SqlWebhookStore::find(const std::string& id,
                                                     const ProjectScope& scope)
{
    static const auto sql =
        std::string{"SELECT "} + kWebhookColumns + " FROM " + kWebhookTables + " WHERE w.id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<Webhook>> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return std::optional<Webhook>{};
        auto webhook = read_webhook(row);
        if (!scope.allows(webhook.project_id)) return std::optional<Webhook>{};
        return std::optional{std::move(webhook)};
    });
}

Result<Page<Webhook>> SqlWebhookStore::list(const std::string& project_id, const PageRequest& page)
{
    static const auto sql = std::string{"SELECT "} + kWebhookColumns + " FROM " + kWebhookTables +
                            " WHERE w.project_id = ?1 AND w.id < ?2 ORDER BY w.id DESC LIMIT ?3";
    const std::string after = page.after.value_or("~");  // Behind every id.
    return database_.read([&](Connection& connection) -> Result<Page<Webhook>> {
        Page<Webhook> found;
        auto row = connection.query(sql, {project_id, after, page.limit + 1});
        while (row.next()) found.items.push_back(read_webhook(row));
        if (found.items.size() > static_cast<std::size_t>(page.limit)) {
            found.items.pop_back();
            found.next = found.items.back().id;
        }
        return found;
    });
}

Result<void> SqlWebhookStore::update(const Webhook& webhook, const events::AuditEntry& audit)
{
    const auto types = webhook.subscription.text();
    return database_.write([&](Connection& connection) -> Result<void> {
        const auto before = status_of(connection, webhook.id);
        const int changed = connection.run(
            kUpdate, {webhook.id, webhook.project_id, webhook.url, types, webhook.description,
                      webhooks::to_text(webhook.status), or_null(webhook.disabled_reason),
                      Blob{webhook.sealed_secret}, blob_or_null(webhook.sealed_old_secret),
                      webhook.old_secret_until, webhook.updated_at, webhook.version});
        if (changed != 1) return why_unchanged(connection, webhook.project_id, webhook.id);
        connection.run(kUpdateQueue, {webhook.id, webhook.status == WebhookStatus::Active});
        const bool was_disabled = before == webhooks::to_text(WebhookStatus::Disabled);
        if (was_disabled && webhook.status != WebhookStatus::Disabled) {
            connection.run(kStartAnew, {webhook.id, last_sequence(connection, webhook.project_id)});
        }
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlWebhookStore::remove(const std::string& project_id, const std::string& id,
                                     std::optional<std::int64_t> version,
                                     const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kRemove, {id, project_id, version}) != 1) {
            return why_unchanged(connection, project_id, id);
        }
        connection.run("DELETE FROM webhook_queues WHERE webhook_id = ?1", {id});
        connection.run("DELETE FROM webhook_replays WHERE webhook_id = ?1", {id});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<Delivery>> SqlWebhookStore::find_delivery(const std::string& id,
                                                               const ProjectScope& scope)
{
    static const auto sql = std::string{"SELECT "} + kDeliveryColumns +
                            " FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id"
                            " WHERE d.id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<Delivery>> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return std::optional<Delivery>{};
        auto delivery = read_delivery(row);
        if (!scope.allows(delivery.project_id)) return std::optional<Delivery>{};
        return std::optional{std::move(delivery)};
    });
}

Result<Page<Delivery>> SqlWebhookStore::deliveries(const std::string& webhook_id,
                                                   const webhooks::DeliveryFilter& filter,
                                                   const PageRequest& page)
{
    static const auto sql = std::string{"SELECT "} + kDeliveryColumns +
                            " FROM webhook_deliveries d WHERE d.webhook_id = ?1 AND d.sequence < ?2"
                            " ORDER BY d.sequence DESC LIMIT ?3";
    return database_.read([&](Connection& connection) -> Result<Page<Delivery>> {
        Page<Delivery> found;
        auto row = connection.query(sql, {webhook_id, parse_sequence(page.after), kRowsMax + 1});
        std::int64_t passed = 0;
        for (int looked_at = 0; row.next(); ++looked_at) {
            const bool is_full = found.items.size() == static_cast<std::size_t>(page.limit);
            if (is_full || looked_at == kRowsMax) {
                found.next = std::to_string(passed);
                break;
            }
            auto delivery = read_delivery(row);
            passed = delivery.sequence;
            if (filter.status && delivery.status != *filter.status) continue;
            if (filter.type && delivery.type != *filter.type) continue;
            found.items.push_back(std::move(delivery));
        }
        return found;
    });
}

Result<std::vector<webhooks::Try>> SqlWebhookStore::tries_of(const std::string& delivery_id)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<webhooks::Try>> {
        std::vector<webhooks::Try> found;
        auto row = connection.query(kTries, {delivery_id});
        while (row.next()) {
            auto& made = found.emplace_back();
            made.number = row.small(0);
            made.started_at = row.time(1);
            made.duration = std::chrono::milliseconds{row.integer(2)};
            if (!row.is_null(3)) made.status = row.small(3);
            made.reason = row.text(4);
            made.headers = row.text(5);
            made.answer = row.text(6);
        }
        return found;
    });
}

Result<std::optional<events::Event>> SqlWebhookStore::event_of(const Delivery& delivery)
{
    static const auto sql = std::string{"SELECT "} + kEventColumns +
                            " FROM events WHERE project_id = ?1 AND sequence = ?2";
    return database_.read([&](Connection& connection) -> Result<std::optional<events::Event>> {
        auto row = connection.query(sql, {delivery.project_id, delivery.sequence});
        if (!row.next()) return std::optional<events::Event>{};
        return std::optional{read_event(row)};
    });
}

Result<void> SqlWebhookStore::redeliver(const std::string& delivery_id, TimePoint now,
                                        const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kRedeliver, {delivery_id, now}) != 1) {
            return ErrorCode::DeliveryNotFound;
        }
        std::string webhook_id;
        {
            auto row = connection.query("SELECT webhook_id FROM webhook_deliveries WHERE id = ?1",
                                        {delivery_id});
            if (row.next()) webhook_id = row.text(0);
        }
        refresh_due(connection, webhook_id);
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::int64_t> SqlWebhookStore::replay(const webhooks::Replay& replay,
                                             const events::AuditEntry& audit)
{
    // Found and counted first: in a large project that takes longer than logins may wait for a write.
    ACCESSD_TRY(const auto range, database_.read([&](Connection& connection) -> Result<EventRange> {
        return range_of(connection, replay);
    }));
    const auto types = replay.types.text();
    return database_.write([&](Connection& connection) -> Result<std::int64_t> {
        if (status_of(connection, replay.webhook_id).empty()) return ErrorCode::WebhookNotFound;
        const auto count =
            count_of(connection, "SELECT count(*) FROM webhook_replays WHERE webhook_id = ?1",
                     replay.webhook_id);
        if (count >= kReplaysMax) {
            return Error{ErrorCode::Conflict}.saying(
                "5 ranges are being sent again already. Wait until one is done.");
        }
        if (range.count > 0) {
            connection.run(kInsertReplay, {replay.id, replay.webhook_id, replay.project_id,
                                           range.first, range.last, replay.from, replay.to, types});
        }
        audit_.write(connection, audit);
        return range.count;
    });
}

}  // namespace accessd::store
