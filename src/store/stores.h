#pragma once

namespace accessd::access {
class BrowserLoginStore;
class LockStore;
class LoginCodeStore;
class StatsStore;
class ValidationStore;
}  // namespace accessd::access
namespace accessd::admin {
class AdminStore;
class ConsoleStore;
class FactorStore;
}  // namespace accessd::admin
namespace accessd::biometrics {
class BiometricStore;
class FaceStore;
}  // namespace accessd::biometrics
namespace accessd::crypto {
class KeyMaterialStore;
}  // namespace accessd::crypto
namespace accessd::delivery {
class MessageStore;
class OutboxStore;
class TemplateStore;
class ReceiptStore;
class SenderStore;
}  // namespace accessd::delivery
namespace accessd::events {
class AuditStore;
class EventStore;
}  // namespace accessd::events
namespace accessd::fraud {
class FraudStore;
}  // namespace accessd::fraud
namespace accessd::limits {
class IdempotencyStore;
class LimitStore;
}  // namespace accessd::limits
namespace accessd::projects {
class ProjectStore;
class RetentionStore;
}  // namespace accessd::projects
namespace accessd::tokens {
class ApiKeyStore;
class RevocationStore;
class SigningKeyStore;
}  // namespace accessd::tokens
namespace accessd::users {
class ImportStore;
class SourceStore;
class UserStore;
}  // namespace accessd::users
namespace accessd::webhooks {
class WebhookQueueStore;
class WebhookStore;
}  // namespace accessd::webhooks

namespace accessd::store {

/// Every store of one engine, over one database.
class Stores {
public:
    virtual ~Stores() = default;

    virtual access::ValidationStore& validations() = 0;
    virtual access::LockStore& locks() = 0;
    virtual access::LoginCodeStore& login_codes() = 0;
    virtual admin::AdminStore& admins() = 0;
    virtual admin::ConsoleStore& console() = 0;
    virtual admin::FactorStore& factors() = 0;
    virtual access::StatsStore& stats() = 0;
    virtual access::BrowserLoginStore& browser_logins() = 0;
    virtual biometrics::BiometricStore& biometrics() = 0;
    virtual biometrics::FaceStore& faces() = 0;
    virtual crypto::KeyMaterialStore& key_material() = 0;
    virtual delivery::MessageStore& messages() = 0;
    virtual delivery::OutboxStore& outbox() = 0;
    virtual events::AuditStore& audit() = 0;
    virtual delivery::TemplateStore& templates() = 0;
    virtual delivery::ReceiptStore& receipts() = 0;
    virtual delivery::SenderStore& senders() = 0;
    virtual events::EventStore& events() = 0;
    virtual fraud::FraudStore& fraud() = 0;
    virtual limits::IdempotencyStore& idempotency() = 0;
    virtual limits::LimitStore& limits() = 0;
    virtual projects::ProjectStore& projects() = 0;
    virtual projects::RetentionStore& retention() = 0;
    virtual tokens::ApiKeyStore& api_keys() = 0;
    virtual tokens::RevocationStore& revocations() = 0;
    virtual tokens::SigningKeyStore& signing_keys() = 0;
    virtual users::ImportStore& imports() = 0;
    virtual users::SourceStore& sources() = 0;
    virtual users::UserStore& users() = 0;
    virtual webhooks::WebhookStore& webhooks() = 0;
    virtual webhooks::WebhookQueueStore& webhook_queues() = 0;

    /// Whether the database answers and can be written; for readyz.
    virtual bool is_healthy() = 0;
};

}  // namespace accessd::store
