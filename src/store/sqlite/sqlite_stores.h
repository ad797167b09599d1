#pragma once

#include "base/random.h"
#include "store/data_folder.h"
#include "store/sqlite/database.h"
#include "store/sqlite/event_writer.h"
#include "store/sqlite/sqlite_browser_login_store.h"
#include "store/sqlite/sqlite_event_store.h"
#include "store/sqlite/sqlite_idempotency_store.h"
#include "store/sqlite/sqlite_key_stores.h"
#include "store/sqlite/sqlite_limit_store.h"
#include "store/sqlite/sqlite_lock_store.h"
#include "store/sqlite/sqlite_outbox_store.h"
#include "store/sqlite/sqlite_project_store.h"
#include "store/sqlite/sqlite_retention_store.h"
#include "store/sqlite/sqlite_source_store.h"
#include "store/sqlite/sqlite_user_store.h"
#include "store/sqlite/sqlite_validation_store.h"
#include "store/stores.h"

#include <utility>

namespace accessd::store {

/// The embedded engine: every store over one SQLite file.
class SqliteStores final : public Stores {
public:
    /// The database must be migrated. Throws SqliteFailure.
    SqliteStores(DataFolder folder, Random& random)
        : folder_(std::move(folder)), database_(folder_.database_file()), event_writer_(random)
    {
    }

    access::ValidationStore& validations() override { return validations_; }
    access::LockStore& locks() override { return locks_; }
    access::BrowserLoginStore& browser_logins() override { return browser_logins_; }
    crypto::KeyMaterialStore& key_material() override { return key_material_; }
    SqliteOutboxStore& outbox() override { return outbox_; }
    events::EventStore& events() override { return events_; }
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
    EventWriter event_writer_;
    SqliteValidationStore validations_{database_, event_writer_};
    SqliteLockStore locks_{database_, event_writer_};
    SqliteBrowserLoginStore browser_logins_{database_, event_writer_};
    SqliteKeyMaterialStore key_material_{database_};
    SqliteOutboxStore outbox_{database_, event_writer_};
    SqliteEventStore events_{database_};
    SqliteIdempotencyStore idempotency_{database_};
    SqliteLimitStore limits_{database_};
    SqliteProjectStore projects_{database_};
    SqliteRetentionStore retention_{database_};
    SqliteApiKeyStore api_keys_{database_};
    SqliteRevocationStore revocations_{database_, event_writer_};
    SqliteSigningKeyStore signing_keys_{database_};
    SqliteSourceStore sources_{database_};
    SqliteUserStore users_{database_, event_writer_};
};

}  // namespace accessd::store
