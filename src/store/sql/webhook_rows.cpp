#include "store/sql/webhook_rows.h"

namespace accessd::store {
namespace {

constexpr auto kRefreshDue = R"(
    UPDATE webhook_queues SET due_at =
        (SELECT min(d.next_try_at) FROM webhook_deliveries d
          WHERE d.webhook_id = ?1 AND d.status = 'queued')
     WHERE webhook_id = ?1)";
constexpr auto kFailQueued = R"(
    UPDATE webhook_deliveries SET status = 'failed', next_try_at = NULL, ended_at = ?3, last_reason = ?2
     WHERE webhook_id = ?1 AND status = 'queued')";

}  // namespace

webhooks::Webhook read_webhook(const Rows& row)
{
    webhooks::Webhook webhook;
    webhook.id = row.text(0);
    webhook.project_id = row.text(1);
    webhook.url = row.text(2);
    webhook.subscription = webhooks::Subscription::of_text(row.text(3));
    webhook.description = row.text(4);
    webhook.status =
        webhooks::parse_webhook_status(row.text(5)).value_or(webhooks::WebhookStatus::Disabled);
    webhook.disabled_reason = row.text(6);
    webhook.sealed_secret = row.bytes(7);
    webhook.sealed_old_secret = row.bytes(8);
    webhook.old_secret_until = row.optional_time(9);
    webhook.created_at = row.time(10);
    webhook.updated_at = row.time(11);
    webhook.version = row.integer(12);
    webhook.health = {.failing_since = row.optional_time(13),
                      .succeeded_at = row.optional_time(14),
                      .failed_at = row.optional_time(15),
                      .waiting = row.integer(16)};
    return webhook;
}

webhooks::Delivery read_delivery(const Rows& row)
{
    webhooks::Delivery delivery;
    delivery.id = row.text(0);
    delivery.webhook_id = row.text(1);
    delivery.project_id = row.text(2);
    delivery.sequence = row.integer(3);
    delivery.event_id = row.text(4);
    delivery.type = row.text(5);
    delivery.status =
        webhooks::parse_delivery_status(row.text(6)).value_or(webhooks::DeliveryStatus::Failed);
    delivery.tries = row.small(7);
    delivery.step = row.small(8);
    delivery.next_try_at = row.optional_time(9);
    delivery.created_at = row.time(10);
    delivery.ended_at = row.optional_time(11);
    if (!row.is_null(12)) delivery.last_status = row.small(12);
    delivery.last_reason = row.text(13);
    return delivery;
}

std::int64_t last_sequence(Connection& connection, const std::string& project_id)
{
    auto row =
        connection.query("SELECT last FROM event_sequences WHERE project_id = ?1", {project_id});
    return row.next() ? row.integer(0) : 0;
}

void refresh_due(Connection& connection, const std::string& webhook_id)
{
    connection.run(kRefreshDue, {webhook_id});
}

void fail_queued(Connection& connection, const std::string& webhook_id, std::string_view reason,
                 TimePoint at)
{
    connection.run(kFailQueued, {webhook_id, reason, at});
    refresh_due(connection, webhook_id);
}

}  // namespace accessd::store
