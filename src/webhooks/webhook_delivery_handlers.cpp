#include "webhooks/webhook_delivery_handlers.h"

#include "base/id.h"
#include "base/time_text.h"
#include "events/audit_handlers.h"
#include "events/event_json.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::webhooks {
namespace {

constexpr std::size_t kTypesMax = 100;

nlohmann::json number_or_null(const std::optional<int>& number)
{
    return number ? nlohmann::json(*number) : nlohmann::json{};
}

nlohmann::json to_json(const Delivery& delivery)
{
    return {{"delivery_id", delivery.id},
            {"webhook_id", delivery.webhook_id},
            {"project_id", delivery.project_id},
            {"event_id", delivery.event_id},
            {"type", delivery.type},
            {"sequence", delivery.sequence},
            {"status", to_text(delivery.status)},
            {"tries", delivery.tries},
            {"next_try_at", http::or_null(delivery.next_try_at)},
            {"created_at", to_rfc3339(delivery.created_at)},
            {"ended_at", http::or_null(delivery.ended_at)},
            {"last_status", number_or_null(delivery.last_status)},
            {"last_reason", http::or_null(delivery.last_reason)}};
}

nlohmann::json to_json(const Try& made)
{
    return {{"number", made.number},
            {"started_at", to_rfc3339(made.started_at)},
            {"took_ms", made.duration.count()},
            {"status", number_or_null(made.status)},
            {"reason", http::or_null(made.reason)},
            {"headers", nlohmann::json::parse(made.headers)},
            {"answer", made.answer}};
}

std::optional<TimePoint> read_time(http::Fields& body, std::string_view name)
{
    const auto text = body.string(name, {.required = true, .min = 1, .max = 24});
    if (!text) return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time) body.refuse(name, "must be a time like 2026-03-01T09:30:00Z");
    return time;
}

}  // namespace

WebhookDeliveryHandlers::WebhookDeliveryHandlers(WebhookStore& store, Clock& clock, Random& random)
    : store_(store), clock_(clock), random_(random)
{
}

Result<Webhook> WebhookDeliveryHandlers::webhook_of(const http::Request& request) const
{
    const auto& id = request.parameter("webhook_id");
    if (!looks_like_id(id, "wh_")) return ErrorCode::WebhookNotFound;
    ACCESSD_TRY(auto webhook, store_.find(id, request.scope()));
    if (!webhook) return ErrorCode::WebhookNotFound;
    return *std::move(webhook);
}

Result<Delivery> WebhookDeliveryHandlers::delivery_of(const http::Request& request) const
{
    const auto& id = request.parameter("delivery_id");
    if (!looks_like_id(id, "dlv_")) return ErrorCode::DeliveryNotFound;
    ACCESSD_TRY(auto delivery, store_.find_delivery(id, request.scope()));
    if (!delivery) return ErrorCode::DeliveryNotFound;
    return *std::move(delivery);
}

/// GET /v2/access/webhooks/{webhook_id}/deliveries?status=failed&type=login.completed
Result<http::Response> WebhookDeliveryHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto webhook, webhook_of(request));
    http::Query query{request};
    const auto page = query.page();
    DeliveryFilter filter;
    if (const auto status = query.choice("status", {"queued", "delivered", "failed"})) {
        filter.status = parse_delivery_status(*status);
    }
    filter.type = query.string("type", 100);
    if (filter.type && !events::parse_event_type(*filter.type)) {
        query.refuse("type", "must be an event that the API describes");
    }
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto deliveries, store_.deliveries(webhook.id, filter, page));
    auto items = nlohmann::json::array();
    for (const auto& delivery : deliveries.items) items.push_back(to_json(delivery));
    return http::success(http::page_json(std::move(items), deliveries.next), "Deliveries");
}

/// GET /v2/access/deliveries/{delivery_id}
Result<http::Response> WebhookDeliveryHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto delivery, delivery_of(request));
    ACCESSD_TRY(const auto tries, store_.tries_of(delivery.id));
    ACCESSD_TRY(const auto event, store_.event_of(delivery));
    auto shown = to_json(delivery);
    shown["body"] = event ? nlohmann::json(events::event_body(*event)) : nlohmann::json{};
    shown["attempts"] = nlohmann::json::array();
    for (const auto& made : tries) shown["attempts"].push_back(to_json(made));
    return http::success(shown, "Delivery");
}

/// POST /v2/access/deliveries/{delivery_id}/redeliver
Result<http::Response> WebhookDeliveryHandlers::redeliver(const http::Request& request)
{
    ACCESSD_TRY(const auto before, delivery_of(request));
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    ACCESSD_CHECK(store_.redeliver(
        before.id, clock_.now(),
        events::audit_of(request, "delivery.redelivered").about(before.id, before.project_id)));
    ACCESSD_TRY(const auto delivery, delivery_of(request));
    return http::success(to_json(delivery), "It is sent again");
}

/// POST /v2/access/webhooks/{webhook_id}/redeliver   {"from": "...", "to": "...", "types": ["login.completed"]}
Result<http::Response> WebhookDeliveryHandlers::redeliver_range(const http::Request& request)
{
    ACCESSD_TRY(const auto webhook, webhook_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    Replay replay;
    const auto from = read_time(body, "from");
    const auto to = read_time(body, "to");
    if (from && to && *from >= *to) body.refuse("to", "must be later than from");
    replay.types = webhook.subscription;
    if (const auto names = body.strings("types", false, kTypesMax, 100)) {
        if (auto read = Subscription::parse(*names)) {
            replay.types = *std::move(read);
        } else {
            body.refuse("types", "must name events that the API describes, or be [\"*\"]");
        }
    }
    ACCESSD_CHECK(body.check());

    replay.id = make_id("rpl_", clock_.now(), random_);
    replay.webhook_id = webhook.id;
    replay.project_id = webhook.project_id;
    replay.from = *from;
    replay.to = *to;
    ACCESSD_TRY(const auto count,
                store_.replay(replay, events::audit_of(request, "webhook.redelivered")
                                          .about(webhook.id, webhook.project_id)));
    return http::success({{"webhook_id", webhook.id}, {"events_in_range", count}},
                         "Its events are sent again, those of the wanted types");
}

}  // namespace accessd::webhooks
