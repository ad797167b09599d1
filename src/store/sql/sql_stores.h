#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "store/data_folder.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_admin_store.h"
#include "store/sql/sql_audit_store.h"
#include "store/sql/sql_biometric_store.h"
#include "store/sql/sql_browser_login_store.h"
#include "store/sql/sql_console_store.h"
#include "store/sql/sql_event_store.h"
#include "store/sql/sql_face_store.h"
#include "store/sql/sql_factor_store.h"
#include "store/sql/sql_fraud_store.h"
#include "store/sql/sql_idempotency_store.h"
#include "store/sql/sql_import_store.h"
#include "store/sql/sql_key_stores.h"
#include "store/sql/sql_limit_store.h"
#include "store/sql/sql_lock_store.h"
#include "store/sql/sql_login_code_store.h"
#include "store/sql/sql_message_store.h"
#include "store/sql/sql_outbox_store.h"
#include "store/sql/sql_project_store.h"
#include "store/sql/sql_receipt_store.h"
#include "store/sql/sql_retention_store.h"
#include "store/sql/sql_sender_store.h"
#include "store/sql/sql_source_store.h"
#include "store/sql/sql_stats_store.h"
#include "store/sql/sql_template_store.h"
#include "store/sql/sql_user_store.h"
#include "store/sql/sql_validation_store.h"
#include "store/sql/sql_webhook_queue_store.h"
#include "store/sql/sql_webhook_store.h"
#include "store/stores.h"

#include <memory>
#include <utility>

namespace accessd::store {

/// Every store over one database, whatever its engine.
class SqlStores final : public Stores {
public:
    /// The database must be migrated. `folder` is kept to this process as long as this lives.
    SqlStores(DataFolder folder, std::unique_ptr<Database> database, const Clock& clock,
              Random& random)
        : folder_(std::move(folder)),
          owned_database_(std::move(database)),
          database_(*owned_database_),
          random_(random),
          event_writer_(random),
          audit_writer_(clock, random),
          webhook_queues_(database_, event_writer_, random)
    {
    }

    admin::AdminStore& admins() override { return admins_; }
    admin::ConsoleStore& console() override { return console_; }
    admin::FactorStore& factors() override { return factors_; }
    events::AuditStore& audit() override { return audit_; }
    access::ValidationStore& validations() override { return validations_; }
    access::LockStore& locks() override { return locks_; }
    access::LoginCodeStore& login_codes() override { return login_codes_; }
    access::StatsStore& stats() override { return stats_; }
    access::BrowserLoginStore& browser_logins() override { return browser_logins_; }
    biometrics::BiometricStore& biometrics() override { return biometrics_; }
    biometrics::FaceStore& faces() override { return faces_; }
    crypto::KeyMaterialStore& key_material() override { return key_material_; }
    delivery::MessageStore& messages() override { return messages_; }
    SqlOutboxStore& outbox() override { return outbox_; }
    delivery::TemplateStore& templates() override { return templates_; }
    delivery::ReceiptStore& receipts() override { return receipts_; }
    delivery::SenderStore& senders() override { return senders_; }
    events::EventStore& events() override { return events_; }
    limits::IdempotencyStore& idempotency() override { return idempotency_; }
    limits::LimitStore& limits() override { return limits_; }
    projects::ProjectStore& projects() override { return projects_; }
    projects::RetentionStore& retention() override { return retention_; }
    tokens::ApiKeyStore& api_keys() override { return api_keys_; }
    tokens::RevocationStore& revocations() override { return revocations_; }
    tokens::SigningKeyStore& signing_keys() override { return signing_keys_; }
    users::ImportStore& imports() override { return imports_; }
    users::SourceStore& sources() override { return sources_; }
    webhooks::WebhookStore& webhooks() override { return webhooks_; }
    SqlWebhookQueueStore& webhook_queues() override { return webhook_queues_; }
    fraud::FraudStore& fraud() override { return fraud_; }
    users::UserStore& users() override { return users_; }
    bool is_healthy() override { return database_.is_healthy(); }

private:
    DataFolder folder_;  // First in, last out: the folder is given up when the file is closed.
    std::unique_ptr<Database> owned_database_;
    Database& database_;
    Random& random_;
    EventWriter event_writer_;
    AuditWriter audit_writer_;
    SqlWebhookStore webhooks_{database_, audit_writer_};
    SqlWebhookQueueStore webhook_queues_;
    SqlFraudStore fraud_{database_, event_writer_, audit_writer_};
    SqlAuditStore audit_{database_};
    SqlAdminStore admins_{database_, audit_writer_};
    SqlConsoleStore console_{database_, audit_writer_};
    SqlFactorStore factors_{database_, audit_writer_};
    SqlValidationStore validations_{database_, event_writer_, random_};
    SqlLoginCodeStore login_codes_{database_};
    SqlLockStore locks_{database_, event_writer_, audit_writer_};
    SqlKeyMaterialStore key_material_{database_, audit_writer_};
    SqlStatsStore stats_{database_};
    SqlMessageStore messages_{database_};
    SqlBrowserLoginStore browser_logins_{database_, event_writer_};
    SqlBiometricStore biometrics_{database_, event_writer_};
    SqlFaceStore faces_{database_, event_writer_, audit_writer_};
    SqlOutboxStore outbox_{database_, event_writer_, random_};
    SqlTemplateStore templates_{database_, audit_writer_};
    SqlReceiptStore receipts_{database_, event_writer_};
    SqlSenderStore senders_{database_, audit_writer_};
    SqlEventStore events_{database_};
    SqlIdempotencyStore idempotency_{database_};
    SqlLimitStore limits_{database_};
    SqlProjectStore projects_{database_, audit_writer_};
    SqlRetentionStore retention_{database_};
    SqlApiKeyStore api_keys_{database_, audit_writer_};
    SqlRevocationStore revocations_{database_, event_writer_, audit_writer_};
    SqlSigningKeyStore signing_keys_{database_};
    SqlImportStore imports_{database_, event_writer_, audit_writer_};
    SqlSourceStore sources_{database_, event_writer_, audit_writer_};
    SqlUserStore users_{database_, event_writer_, audit_writer_};
};

}  // namespace accessd::store
