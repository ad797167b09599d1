#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"
#include "webhooks/webhook.h"
#include "webhooks/webhook_delivery.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::webhooks {

struct DeliveryFilter {
    std::optional<DeliveryStatus> status;
    std::optional<std::string> type;
};

/// A range of events to be sent again.
struct Replay {
    std::string id;
    std::string webhook_id;
    std::string project_id;
    TimePoint from;  ///< Included.
    TimePoint to;    ///< Not included.
    Subscription types;
};

/// Projects' webhooks at rest, and the log of what was sent. Changes write their audit entry in the same
/// transaction. Every engine passes tests/store/webhook_store_contract_test.cpp. Errors: StoreUnavailable, and:
class WebhookStore {
public:
    /// Of one project: each event may cost a request to every one.
    static constexpr int kWebhooksMax = 20;
    /// Ranges of one webhook that are being sent again at a time.
    static constexpr int kReplaysMax = 5;

    virtual ~WebhookStore() = default;

    /// It gets what happens from now on. Errors: ProjectNotFound, Conflict (the project has kWebhooksMax).
    virtual Result<void> insert(const Webhook& webhook, const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<Webhook>> find(const std::string& id,
                                                const ProjectScope& scope) = 0;
    virtual Result<Page<Webhook>> list(const std::string& project_id, const PageRequest& page) = 0;
    /// Only if `webhook.version` is the stored one, which becomes one more. One that is active again after it
    /// was disabled gets what happens from now on. Errors: Conflict (another version), WebhookNotFound.
    virtual Result<void> update(const Webhook& webhook, const events::AuditEntry& audit = {}) = 0;
    /// What waits for it is dropped. Where `version` is given, only if it is the stored one. Errors: as update.
    virtual Result<void> remove(const std::string& project_id, const std::string& id,
                                std::optional<std::int64_t> version = std::nullopt,
                                const events::AuditEntry& audit = {}) = 0;

    /// Of webhooks that still are there.
    virtual Result<std::optional<Delivery>> find_delivery(const std::string& id,
                                                          const ProjectScope& scope) = 0;
    /// The newest events first. A page may hold fewer than asked for and still have a next one: filters look
    /// at a bounded number of rows.
    virtual Result<Page<Delivery>> deliveries(const std::string& webhook_id,
                                              const DeliveryFilter& filter,
                                              const PageRequest& page) = 0;
    /// In their order.
    virtual Result<std::vector<Try>> tries_of(const std::string& delivery_id) = 0;
    /// Nothing: it is kept no longer.
    virtual Result<std::optional<events::Event>> event_of(const Delivery& delivery) = 0;

    /// The delivery's next try is at `now`, and the schedule starts anew. Errors: DeliveryNotFound.
    virtual Result<void> redeliver(const std::string& delivery_id, TimePoint now,
                                   const events::AuditEntry& audit = {}) = 0;
    /// Has a range sent again, by and by; returns how many events lie in it, whatever their types.
    /// Errors: WebhookNotFound, Conflict (kReplaysMax are under way).
    virtual Result<std::int64_t> replay(const Replay& replay,
                                        const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::webhooks
