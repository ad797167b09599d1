#pragma once

#include "admin/admin.h"
#include "admin/console_sessions.h"
#include "admin/factor_store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/keyring.h"
#include "limits/limit_store.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::admin {

/// The authenticator app that an admin may add, the codes for the day it is lost, and showing either. Who has one
/// is let in only after showing it, and shows it again before what can't be taken back.
///
/// docs/decisions/0073-second-factors.md. Threads: safe to call concurrently.
class SecondFactors {
public:
    /// Wrong codes of an admin. Three of a million codes are right at a time, so who has the mailbox already gets
    /// in once in 10,000 days.
    static constexpr limits::Limit kTries{10, std::chrono::hours{8}, "second_factor_tries"};
    static constexpr std::size_t kRecoveryCodes = 10;
    /// For requests that are under way while the cookie changes.
    static constexpr auto kGrace = std::chrono::minutes{1};

    struct Parts {
        FactorStore& store;
        ConsoleSessions& sessions;
        limits::LimitStore& limits;
        const crypto::Keyring& keyring;
        Clock& clock;
        Random& random;
    };
    explicit SecondFactors(Parts parts) : parts_(parts) {}

    struct Started {
        std::string secret;   ///< Base32, for typing.
        std::string address;  ///< otpauth://..., for a picture.
    };
    /// A secret for an app; it counts once confirm() saw a code of it. `issuer` is what the app shows.
    /// Errors: Conflict (there is one); StoreUnavailable.
    Result<Started> start(const Admin& admin, std::string_view issuer);

    /// From now on the app is asked for. All other sessions of the admin end.
    /// Returns the recovery codes, which are shown this once. Errors: InvalidOtp; Conflict (nothing was started);
    /// RateLimited; StoreUnavailable.
    Result<std::vector<std::string>> confirm(const std::string& session_token, const Admin& admin,
                                             const std::string& otp,
                                             const events::AuditEntry& audit);

    /// New ones in the place of the earlier. Errors: Conflict (no app); StoreUnavailable.
    Result<std::vector<std::string>> renew_recovery_codes(const Admin& admin,
                                                          const events::AuditEntry& audit);

    /// A code of the app, once; the session goes on under a new secret. Errors: InvalidOtp with
    /// `details.attempts_remaining`; RateLimited; Conflict (no app); StoreUnavailable.
    Result<ConsoleSessions::Begun> show_otp(const std::string& session_token, const Admin& admin,
                                            const std::string& otp,
                                            const events::AuditEntry& audit);
    /// A recovery code instead, once. With 80 random bits nobody guesses one, so tries with the app that ran out
    /// don't stand in its way. Errors: as show_otp, without RateLimited.
    Result<ConsoleSessions::Begun> show_recovery_code(const std::string& session_token,
                                                      const Admin& admin, std::string_view code,
                                                      const events::AuditEntry& audit);

private:
    Result<ConsoleSessions::Begun> show(const std::string& session_token, const FactorProof& proof,
                                        const events::AuditEntry& audit);
    /// The step of the code; spends a try. Errors: InvalidOtp, RateLimited, StoreUnavailable.
    Result<std::int64_t> step_of(const StoredTotp& totp, const std::string& otp);
    std::vector<std::string> make_recovery_codes();

    Parts parts_;
};

}  // namespace accessd::admin
