#pragma once

#include "crypto/key_material_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "tokens/token_stores.h"

namespace accessd::store {

class SqlApiKeyStore final : public tokens::ApiKeyStore {
public:
    SqlApiKeyStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<void> insert(const tokens::ApiKey& key, const events::AuditEntry& audit) override;
    Result<std::optional<tokens::ApiKey>> find(const std::string& id) override;
    Result<Page<tokens::ApiKey>> list(const std::string& project_id,
                                      const PageRequest& page) override;
    Result<void> rename(const std::string& id, const std::string& name, const tokens::ApiKey* seen,
                        const events::AuditEntry& audit) override;
    Result<void> revoke(const std::string& id, TimePoint now, const tokens::ApiKey* seen,
                        const events::AuditEntry& audit) override;
    Result<void> touch(const std::string& id, TimePoint now) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

class SqlRevocationStore final : public tokens::RevocationStore {
public:
    SqlRevocationStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<void> insert(const tokens::Revocation& revocation, const std::string& project_id,
                        const events::AuditEntry& audit) override;
    Result<std::vector<tokens::Revocation>> list(TimePoint now) override;
    Result<std::int64_t> generation() override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

class SqlSigningKeyStore final : public tokens::SigningKeyStore {
public:
    explicit SqlSigningKeyStore(Database& database) : database_(database) {}

    Result<std::vector<tokens::SigningKey>> list() override;
    Result<void> insert(const tokens::SigningKey& key, const std::string& follows) override;
    Result<void> remove(const std::string& id) override;

private:
    Database& database_;
};

class SqlKeyMaterialStore final : public crypto::KeyMaterialStore {
public:
    SqlKeyMaterialStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit)
    {
    }

    Result<std::vector<crypto::WrappedKey>> list() override;
    Result<void> insert(const crypto::WrappedKey& key) override;
    Result<void> rewrap(const std::vector<crypto::WrappedKey>& keys) override;
    Result<void> remove(crypto::WrappedKey::Kind kind, int version) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
