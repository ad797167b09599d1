#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "store/data_folder.h"
#include "store/sqlite/audit_writer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/event_writer.h"
#include "store/sqlite/sqlite_admin_store.h"
#include "store/sqlite/sqlite_audit_store.h"
#include "store/sqlite/sqlite_browser_login_store.h"
#include "store/sqlite/sqlite_console_store.h"
#include "store/sqlite/sqlite_event_store.h"
#include "store/sqlite/sqlite_fraud_store.h"
#include "store/sqlite/sqlite_idempotency_store.h"
#include "store/sqlite/sqlite_key_stores.h"
#include "store/sqlite/sqlite_limit_store.h"
#include "store/sqlite/sqlite_lock_store.h"
#include "store/sqlite/sqlite_login_code_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "store/sqlite/sqlite_outbox_store.h"
#include "store/sqlite/sqlite_project_store.h"
#include "store/sqlite/sqlite_receipt_store.h"
#include "store/sqlite/sqlite_retention_store.h"
#include "store/sqlite/sqlite_sender_store.h"
#include "store/sqlite/sqlite_source_store.h"
#include "store/sqlite/sqlite_stats_store.h"
#include "store/sqlite/sqlite_template_store.h"
#include "store/sqlite/sqlite_user_store.h"
#include "store/sqlite/sqlite_validation_store.h"
#include "store/stores.h"

#include <utility>

namespace accessd::store {

/// The embedded engine: every store over one SQLite file.
class SqliteStores final : public Stores {
public:
    /// The database must be migrated. Throws SqliteFailure.
    SqliteStores(DataFolder folder, const Clock& clock, Random& random)
        : folder_(std::move(folder)),
          database_(folder_.database_file()),
          random_(random),
          event_writer_(random),
          audit_writer_(clock, random)
    {
    }

    admin::AdminStore& admins() override { return admins_; }
    admin::ConsoleStore& console() override { return console_; }
    events::AuditStore& audit() override { return audit_; }
    access::ValidationStore& validations() override { return validations_; }
    access::LockStore& locks() override { return locks_; }
    access::LoginCodeStore& login_codes() override { return login_codes_; }
    access::StatsStore& stats() override { return stats_; }
    access::BrowserLoginStore& browser_logins() override { return browser_logins_; }
    crypto::KeyMaterialStore& key_material() override { return key_material_; }
    delivery::MessageStore& messages() override { return messages_; }
    SqliteOutboxStore& outbox() override { return outbox_; }
    delivery::TemplateStore& templates() override { return templates_; }
    delivery::ReceiptStore& receipts() override { return receipts_; }
    delivery::SenderStore& senders() override { return senders_; }
    events::EventStore& events() override { return events_; }
    fraud::FraudStore& fraud() override { return fraud_; }
    limits::IdempotencyStore& idempotency() override { return idempotency_; }
    limits::LimitStore& limits() override { return limits_; }
    projects::ProjectStore& projects() override { return projects_; }
    projects::RetentionStore& retention() override { return retention_; }
    tokens::ApiKeyStore& api_keys() override { return api_keys_; }
    tokens::RevocationStore& revocations() override { return revocations_; }
    tokens::SigningKeyStore& signing_keys() override { return signing_keys_; }
    users::SourceStore& sources() override { return sources_; }
    users::UserStore& users() override { return users_; }
    bool is_healthy() override { return database_.is_healthy(); }

private:
    DataFolder folder_;  // First in, last out: the folder is given up when the file is closed.
    Database database_;
    Random& random_;
    EventWriter event_writer_;
    AuditWriter audit_writer_;
    SqliteAuditStore audit_{database_};
    SqliteAdminStore admins_{database_, audit_writer_};
    SqliteConsoleStore console_{database_, audit_writer_};
    SqliteValidationStore validations_{database_, event_writer_, random_};
    SqliteLoginCodeStore login_codes_{database_};
    SqliteLockStore locks_{database_, event_writer_, audit_writer_};
    SqliteKeyMaterialStore key_material_{database_, audit_writer_};
    SqliteStatsStore stats_{database_};
    SqliteMessageStore messages_{database_};
    SqliteBrowserLoginStore browser_logins_{database_, event_writer_};
    SqliteOutboxStore outbox_{database_, event_writer_, random_};
    SqliteTemplateStore templates_{database_, audit_writer_};
    SqliteReceiptStore receipts_{database_, event_writer_};
    SqliteSenderStore senders_{database_, audit_writer_};
    SqliteEventStore events_{database_};
    SqliteFraudStore fraud_{database_, event_writer_, audit_writer_};
    SqliteIdempotencyStore idempotency_{database_};
    SqliteLimitStore limits_{database_};
    SqliteProjectStore projects_{database_, audit_writer_};
    SqliteRetentionStore retention_{database_};
    SqliteApiKeyStore api_keys_{database_, audit_writer_};
    SqliteRevocationStore revocations_{database_, event_writer_, audit_writer_};
    SqliteSigningKeyStore signing_keys_{database_};
    SqliteSourceStore sources_{database_, audit_writer_};
    SqliteUserStore users_{database_, event_writer_, audit_writer_};
};

}  // namespace accessd::store
