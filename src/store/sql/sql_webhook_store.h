#pragma once

#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "webhooks/webhook_store.h"

namespace accessd::store {

class SqlWebhookStore final : public webhooks::WebhookStore {
public:
    SqlWebhookStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const webhooks::Webhook& webhook, const events::AuditEntry& audit) override;
    Result<std::optional<webhooks::Webhook>> find(const std::string& id,
                                                  const ProjectScope& scope) override;
    Result<Page<webhooks::Webhook>> list(const std::string& project_id,
                                         const PageRequest& page) override;
    Result<void> update(const webhooks::Webhook& webhook, const events::AuditEntry& audit) override;
    Result<void> remove(const std::string& project_id, const std::string& id,
                        std::optional<std::int64_t> version,
                        const events::AuditEntry& audit) override;
    Result<std::optional<webhooks::Delivery>> find_delivery(const std::string& id,
                                                            const ProjectScope& scope) override;
    Result<Page<webhooks::Delivery>> deliveries(const std::string& webhook_id,
                                                const webhooks::DeliveryFilter& filter,
                                                const PageRequest& page) override;
    Result<std::vector<webhooks::Try>> tries_of(const std::string& delivery_id) override;
    Result<std::optional<events::Event>> event_of(const webhooks::Delivery& delivery) override;
    Result<void> redeliver(const std::string& delivery_id, TimePoint now,
                           const events::AuditEntry& audit) override;
    Result<std::int64_t> replay(const webhooks::Replay& replay,
                                const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
