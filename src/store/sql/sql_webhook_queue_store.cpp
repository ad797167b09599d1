#include "store/sql/sql_webhook_queue_store.h"

#include "base/id.h"
#include "store/sql/message_rows.h"
#include "store/sql/webhook_rows.h"

#include <algorithm>
#include <utility>

namespace accessd::store {
namespace {

using webhooks::Delivery;
using webhooks::DueEvent;
using webhooks::LeasedQueue;
using webhooks::QueueBatch;
using webhooks::QueueReport;
using webhooks::TriedDelivery;

// "status" is that of the webhook: its own word for it is in the queue too, so that one table is read.
constexpr auto kWithWork = R"(
    SELECT q.webhook_id FROM webhook_queues q
     WHERE q.active <> 0 AND q.leased_until <= ?1 AND q.hold_until <= ?1
       AND (q.due_at <= ?1
            OR q.cursor < (SELECT s.last FROM event_sequences s WHERE s.project_id = q.project_id)
            OR EXISTS (SELECT 1 FROM webhook_replays r WHERE r.webhook_id = q.webhook_id))
     LIMIT ?2)";
constexpr auto kLease = R"(
    UPDATE webhook_queues SET lease = ?2, leased_until = ?3
     WHERE webhook_id = ?1 AND active <> 0 AND leased_until <= ?4)";
constexpr auto kStateColumns =
    "q.cursor, q.failures, q.failing_since, q.hold_until, q.succeeded_at, q.failed_at";
constexpr auto kReport = R"(
    UPDATE webhook_queues SET cursor = ?3, failures = ?4, failing_since = ?5, hold_until = ?6,
           succeeded_at = ?7, failed_at = ?8, leased_until = ?9,
           lease = CASE WHEN CAST(?9 AS BIGINT) > CAST(?10 AS BIGINT) THEN lease END
     WHERE webhook_id = ?1 AND lease = ?2)";
constexpr auto kInsertDelivery = R"(
    INSERT INTO webhook_deliveries (id, webhook_id, project_id, sequence, event_id, type, status,
                                    tries, step, next_try_at, created_at, ended_at, last_status,
                                    last_reason)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        ON CONFLICT (webhook_id, sequence) DO NOTHING)";
constexpr auto kUpdateDelivery = R"(
    UPDATE webhook_deliveries SET status = ?2, tries = ?3, step = ?4, next_try_at = ?5, ended_at = ?6,
           last_status = ?7, last_reason = ?8
     WHERE id = ?1)";
constexpr auto kInsertTry = R"(
    INSERT INTO webhook_tries (delivery_id, number, started_at, duration_ms, status, reason, headers,
                               answer)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (delivery_id, number) DO NOTHING)";
constexpr auto kFirstReplay = R"(
    SELECT id, project_id, next_sequence, last_sequence, from_at, to_at, types FROM webhook_replays
     WHERE webhook_id = ?1 ORDER BY id LIMIT 1)";
constexpr auto kQueueAgain = R"(
    INSERT INTO webhook_deliveries (id, webhook_id, project_id, sequence, event_id, type, status,
                                    tries, step, next_try_at, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, 0, ?7, ?7)
        ON CONFLICT (webhook_id, sequence) DO UPDATE
       SET status = 'queued', step = 0, next_try_at = excluded.next_try_at, ended_at = NULL)";
constexpr auto kDisable = R"(
    UPDATE webhooks SET status = 'disabled', disabled_reason = ?2, updated_at = ?3,
           version = version + 1
     WHERE id = ?1 AND status = 'active')";
constexpr auto kNumbers = R"(
    SELECT CAST(coalesce(sum(s.last - q.cursor), 0) AS BIGINT)
      FROM webhook_queues q JOIN event_sequences s ON s.project_id = q.project_id
     WHERE q.active <> 0)";

std::string columns_of_event(const std::string& table)
{
    std::string columns = table + ".";
    for (const char* c = kEventColumns; *c != '\0'; ++c) {
        columns += *c;
        if (*c == ' ') columns += table + ".";
    }
    return columns;
}

webhooks::QueueState read_state(const Rows& row, int first)
{
    webhooks::QueueState state;
    state.cursor = row.integer(first);
    state.failures = row.small(first + 1);
    state.failing_since = row.optional_time(first + 2);
    state.hold_until = row.time(first + 3);
    state.succeeded_at = row.optional_time(first + 4);
    state.failed_at = row.optional_time(first + 5);
    return state;
}

std::optional<LeasedQueue> read_queue(Connection& connection, const std::string& webhook_id)
{
    static const auto sql = std::string{"SELECT "} + kWebhookColumns + ", " + kStateColumns +
                            " FROM " + kWebhookTables + " WHERE w.id = ?1";
    auto row = connection.query(sql, {webhook_id});
    if (!row.next()) return std::nullopt;
    return LeasedQueue{read_webhook(row), read_state(row, kWebhookColumnCount)};
}

std::vector<std::string> with_work(Connection& connection, int count, TimePoint now)
{
    std::vector<std::string> ids;
    auto row = connection.query(kWithWork, {now, count});
    while (row.next()) ids.push_back(row.text(0));
    return ids;
}

/// Deliveries whose event is kept no longer come without one: they can't be sent.
std::vector<DueEvent> due_events(Connection& connection, const std::string& webhook_id, int limit,
                                 TimePoint now)
{
    static const auto sql =
        std::string{"SELECT "} + kDeliveryColumns + ", " + columns_of_event("e") + R"(
          FROM webhook_deliveries d
          LEFT JOIN events e ON e.project_id = d.project_id AND e.sequence = d.sequence
         WHERE d.webhook_id = ?1 AND d.status = 'queued' AND d.next_try_at <= ?2
         ORDER BY d.next_try_at LIMIT ?3)";
    std::vector<DueEvent> due;
    auto row = connection.query(sql, {webhook_id, now, limit});
    while (row.next()) {
        due.push_back({read_event(row, kDeliveryColumnCount), read_delivery(row)});
    }
    return due;
}

void add_fresh(Connection& connection, QueueBatch& batch, const std::string& webhook_id,
               const std::string& project_id, std::int64_t after, int limit)
{
    static const auto sql = std::string{"SELECT "} + columns_of_event("e") + R"(,
               EXISTS (SELECT 1 FROM webhook_deliveries d
                        WHERE d.webhook_id = ?1 AND d.sequence = e.sequence)
          FROM events e WHERE e.project_id = ?2 AND e.sequence > ?3
         ORDER BY e.sequence LIMIT ?4)";
    batch.read_to = after;
    int read = 0;
    auto row = connection.query(sql, {webhook_id, project_id, after, limit});
    for (; row.next(); ++read) {
        auto event = read_event(row);
        batch.read_to = event.sequence;
        const bool is_known = row.flag(kEventColumnCount);
        if (is_known || !batch.webhook->subscription.takes(event.type)) continue;
        batch.fresh.push_back({std::move(event), {}});
    }
    batch.has_more = batch.has_more || read == limit;
}

void write_state(Connection& connection, const std::string& holder, const QueueReport& report,
                 TimePoint now, bool& is_held)
{
    const auto& state = report.state;
    const int changed = connection.run(
        kReport, {report.webhook_id, holder, state.cursor, state.failures, state.failing_since,
                  state.hold_until, state.succeeded_at, state.failed_at, report.leased_until, now});
    is_held = changed == 1;
}

struct ReplayRow {
    std::string id;
    std::string project_id;
    std::int64_t next = 0;
    std::int64_t last = 0;
    TimePoint from;
    TimePoint to;
    webhooks::Subscription types;
};

std::optional<ReplayRow> first_replay(Connection& connection, const std::string& webhook_id)
{
    auto row = connection.query(kFirstReplay, {webhook_id});
    if (!row.next()) return std::nullopt;
    return ReplayRow{row.text(0),
                     row.text(1),
                     row.integer(2),
                     row.integer(3),
                     row.time(4),
                     row.time(5),
                     webhooks::Subscription::of_text(row.text(6))};
}

std::vector<events::Event> events_behind(Connection& connection, const std::string& project_id,
                                         std::int64_t first, std::int64_t last, int limit)
{
    static const auto sql = std::string{"SELECT "} + kEventColumns +
                            " FROM events WHERE project_id = ?1 AND sequence >= ?2"
                            " AND sequence <= ?3 ORDER BY sequence LIMIT ?4";
    std::vector<events::Event> found;
    auto row = connection.query(sql, {project_id, first, last, limit});
    while (row.next()) found.push_back(read_event(row));
    return found;
}

events::Event disabled_event(const webhooks::DisableWebhook& disable)
{
    events::Event event;
    event.project_id = disable.project_id;
    event.type = events::EventType::WebhookDisabled;
    event.at = disable.at;
    event.subject_id = disable.webhook_id;
    event.reason = disable.reason;
    event.test = disable.test;
    return event;
}

}  // namespace

Result<std::vector<LeasedQueue>> SqlWebhookQueueStore::lease(const std::string& holder, int count,
                                                             TimePoint until, TimePoint now)
{
    using Queues = std::vector<LeasedQueue>;
    // Looked for first: most looks find nothing, and a write costs a sync of the disk.
    ACCESSD_TRY(const auto ids,
                database_.read([&](Connection& connection) -> Result<std::vector<std::string>> {
                    return with_work(connection, count, now);
                }));
    if (ids.empty()) return Queues{};
    return database_.write([&](Connection& connection) -> Result<Queues> {
        Queues leased;
        for (const auto& id : ids) {
            if (connection.run(kLease, {id, holder, until, now}) != 1) continue;
            if (auto queue = read_queue(connection, id)) leased.push_back(*std::move(queue));
        }
        return leased;
    });
}

Result<QueueBatch> SqlWebhookQueueStore::next(const std::string& webhook_id,
                                              const std::string& project_id, std::int64_t after,
                                              int limit, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<QueueBatch> {
        QueueBatch batch;
        batch.read_to = after;
        auto queue = read_queue(connection, webhook_id);
        if (!queue) return batch;
        batch.webhook = std::move(queue->webhook);
        if (batch.webhook->status != webhooks::WebhookStatus::Active) return batch;
        batch.due = due_events(connection, webhook_id, limit, now);
        batch.has_more = batch.due.size() == static_cast<std::size_t>(limit);
        add_fresh(connection, batch, webhook_id, project_id, after, limit);
        return batch;
    });
}

void SqlWebhookQueueStore::write_tried(Connection& connection, const TriedDelivery& tried,
                                       TimePoint now)
{
    const auto& [delivery, made] = tried;
    auto id = delivery.id;
    const auto status = webhooks::to_text(delivery.status);
    int written = 0;
    if (id.empty()) {
        id = make_id("dlv_", now, random_);
        written =
            connection.run(kInsertDelivery,
                           {id, delivery.webhook_id, delivery.project_id, delivery.sequence,
                            delivery.event_id, delivery.type, status, delivery.tries, delivery.step,
                            delivery.next_try_at, delivery.created_at, delivery.ended_at,
                            delivery.last_status, or_null(delivery.last_reason)});
    } else {
        written =
            connection.run(kUpdateDelivery, {id, status, delivery.tries, delivery.step,
                                             delivery.next_try_at, delivery.ended_at,
                                             delivery.last_status, or_null(delivery.last_reason)});
    }
    // It was queued by hand or kept no longer meanwhile: this try belongs to nothing.
    if (written == 0) return;
    connection.run(kInsertTry, {id, made.number, made.started_at, made.duration.count(),
                                made.status, or_null(made.reason), made.headers, made.answer});
}

Result<std::vector<std::string>> SqlWebhookQueueStore::report(
    const std::string& holder, const std::vector<QueueReport>& reports, TimePoint now)
{
    using Lost = std::vector<std::string>;
    return database_.write([&](Connection& connection) -> Result<Lost> {
        Lost lost;
        for (const auto& report : reports) {
            bool is_held = false;
            write_state(connection, holder, report, now, is_held);
            if (!is_held) {
                lost.push_back(report.webhook_id);
                continue;
            }
            for (const auto& tried : report.tried) write_tried(connection, tried, now);
            if (!report.tried.empty()) refresh_due(connection, report.webhook_id);
        }
        return lost;
    });
}

Result<bool> SqlWebhookQueueStore::expand_replays(const std::string& webhook_id, int events_max,
                                                  TimePoint now)
{
    ACCESSD_TRY(const auto waits, database_.read([&](Connection& connection) -> Result<bool> {
        return first_replay(connection, webhook_id).has_value();
    }));
    if (!waits) return false;
    return database_.write([&](Connection& connection) -> Result<bool> {
        const auto replay = first_replay(connection, webhook_id);
        if (!replay) return false;
        const auto found =
            events_behind(connection, replay->project_id, replay->next, replay->last, events_max);
        for (const auto& event : found) {
            const bool is_within = event.at >= replay->from && event.at < replay->to;
            if (!is_within || !replay->types.takes(event.type)) continue;
            connection.run(kQueueAgain,
                           {make_id("dlv_", now, random_), webhook_id, event.project_id,
                            event.sequence, event.id, events::to_text(event.type), now});
        }
        refresh_due(connection, webhook_id);
        if (found.size() < static_cast<std::size_t>(events_max)) {
            connection.run("DELETE FROM webhook_replays WHERE id = ?1", {replay->id});
            return first_replay(connection, webhook_id).has_value();
        }
        connection.run("UPDATE webhook_replays SET next_sequence = ?2 WHERE id = ?1",
                       {replay->id, found.back().sequence + 1});
        return true;
    });
}

Result<void> SqlWebhookQueueStore::disable(const webhooks::DisableWebhook& disable)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (connection.run(kDisable, {disable.webhook_id, disable.reason, disable.at}) != 1) {
            return {};
        }
        connection.run("UPDATE webhook_queues SET active = 0 WHERE webhook_id = ?1",
                       {disable.webhook_id});
        connection.run("DELETE FROM webhook_replays WHERE webhook_id = ?1", {disable.webhook_id});
        fail_queued(connection, disable.webhook_id, "the webhook was disabled", disable.at);
        events_.write(connection, {disabled_event(disable)});
        if (disable.mail) insert_message(connection, *disable.mail);
        return {};
    });
}

Result<webhooks::QueueNumbers> SqlWebhookQueueStore::numbers()
{
    return database_.read([&](Connection& connection) -> Result<webhooks::QueueNumbers> {
        webhooks::QueueNumbers numbers;
        {
            auto row = connection.query(kNumbers);
            if (row.next()) numbers.waiting_events = row.integer(0);
        }
        auto row =
            connection.query("SELECT count(*) FROM webhook_deliveries WHERE status = 'queued'");
        if (row.next()) numbers.queued_deliveries = row.integer(0);
        return numbers;
    });
}

Result<void> SqlWebhookQueueStore::release_all()
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run("UPDATE webhook_queues SET lease = NULL, leased_until = 0"
                       " WHERE leased_until > 0");
        return {};
    });
}

}  // namespace accessd::store
