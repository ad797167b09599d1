#pragma once

#include "store/sql/sql_connection.h"
#include "webhooks/webhook.h"
#include "webhooks/webhook_delivery.h"

#include <optional>
#include <string>

namespace accessd::store {

/// What read_webhook() expects of "webhooks w JOIN webhook_queues q", in its order.
inline constexpr auto kWebhookColumns =
    "w.id, w.project_id, w.url, w.types, w.description, w.status, w.disabled_reason, w.sealed_secret, "
    "w.sealed_old_secret, w.old_secret_until, w.created_at, w.updated_at, w.version, "
    "q.failing_since, q.succeeded_at, q.failed_at, "
    "coalesce((SELECT s.last FROM event_sequences s WHERE s.project_id = w.project_id), 0) - q.cursor";
inline constexpr int kWebhookColumnCount = 17;
inline constexpr auto kWebhookTables = "webhooks w JOIN webhook_queues q ON q.webhook_id = w.id";
webhooks::Webhook read_webhook(const Rows& row);

/// What read_delivery() expects of "webhook_deliveries d", in its order.
inline constexpr auto kDeliveryColumns =
    "d.id, d.webhook_id, d.project_id, d.sequence, d.event_id, d.type, d.status, d.tries, d.step, "
    "d.next_try_at, d.created_at, d.ended_at, d.last_status, d.last_reason";
inline constexpr int kDeliveryColumnCount = 14;
webhooks::Delivery read_delivery(const Rows& row);

/// The number of a project's last event; 0: there was none.
std::int64_t last_sequence(Connection& connection, const std::string& project_id);

/// Has the queue's due_at be the next try of its deliveries.
void refresh_due(Connection& connection, const std::string& webhook_id);

/// Deliveries that wait for a webhook have failed, for this reason.
void fail_queued(Connection& connection, const std::string& webhook_id, std::string_view reason,
                 TimePoint at);

}  // namespace accessd::store
