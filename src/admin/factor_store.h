#pragma once

#include "admin/admin.h"
#include "admin/console_store.h"
#include "base/result.h"
#include "events/audit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace accessd::admin {

/// The authenticator app of an admin.
struct StoredTotp {
    std::string admin_id;
    std::string sealed_secret;
    TimePoint created_at{};
    bool is_confirmed = false;  ///< Its first code was shown: it is asked for from then on.
};

/// What an admin shows as a second factor. One of both.
struct FactorProof {
    std::optional<std::int64_t> step;  ///< RFC 6238: the step of the code that was shown.
    std::string recovery_hash;         ///< SHA-256 of a recovery code, in hex.
};

/// Second factors of admins at rest. Changes write their audit entry in the same transaction. Every engine passes
/// tests/store/factor_store_contract_test.cpp. (Taking a factor away is AdminStore's: admins are managed there.)
class FactorStore {
public:
    virtual ~FactorStore() = default;

    /// Confirmed or not. Errors: StoreUnavailable.
    virtual Result<std::optional<StoredTotp>> find_totp(const std::string& admin_id) = 0;
    /// One that isn't confirmed, in the place of an earlier such one.
    /// Errors: Conflict (one is confirmed); StoreUnavailable.
    virtual Result<void> put_totp(const StoredTotp& totp) = 0;
    /// Confirms this very secret by the code of `step`, with the recovery codes that go with it, and ends all
    /// sessions of the admin but one. Atomic: of any number of concurrent calls one succeeds.
    /// Errors: Conflict (confirmed, replaced or removed meanwhile); StoreUnavailable.
    virtual Result<void> confirm_totp(const StoredTotp& totp, std::int64_t step,
                                      const std::vector<std::string>& recovery_hashes,
                                      const std::string& session_hash, TimePoint now,
                                      const events::AuditEntry& audit) = 0;
    /// In the place of the earlier ones. Errors: Conflict (no confirmed factor); StoreUnavailable.
    virtual Result<void> put_recovery_codes(const std::string& admin_id,
                                            const std::vector<std::string>& hashes,
                                            const events::AuditEntry& audit) = 0;
    /// Uses the proof up and begins `session` in the place of the one with `session_hash`: for its admin, as long as
    /// that one would have lasted, and no longer waiting. The earlier one ends at once if it was waiting, or else
    /// after `grace`, for requests that are under way. Atomic: of any number of concurrent calls with the same
    /// proof one succeeds; no code of an earlier step is good after a later one's.
    /// Errors: InvalidOtp (used, or never one); InvalidToken (no such session); StoreUnavailable.
    virtual Result<Admin> show_factor(const std::string& session_hash, const FactorProof& proof,
                                      Session session, std::chrono::seconds grace, TimePoint now,
                                      const events::AuditEntry& audit) = 0;
};

}  // namespace accessd::admin
