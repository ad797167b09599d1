#pragma once

#include "admin/factor_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"

namespace accessd::store {

class SqlFactorStore final : public admin::FactorStore {
public:
    SqlFactorStore(Database& database, AuditWriter& audit) : database_(database), audit_(audit) {}

    Result<std::optional<admin::StoredTotp>> find_totp(const std::string& admin_id) override;
    Result<void> put_totp(const admin::StoredTotp& totp) override;
    Result<void> confirm_totp(const admin::StoredTotp& totp, std::int64_t step,
                              const std::vector<std::string>& recovery_hashes,
                              const std::string& session_hash, TimePoint now,
                              const events::AuditEntry& audit) override;
    Result<void> put_recovery_codes(const std::string& admin_id,
                                    const std::vector<std::string>& hashes,
                                    const events::AuditEntry& audit) override;
    Result<admin::Admin> show_factor(const std::string& session_hash,
                                     const admin::FactorProof& proof, admin::Session session,
                                     std::chrono::seconds grace, TimePoint now,
                                     const events::AuditEntry& audit) override;

private:
    Database& database_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
