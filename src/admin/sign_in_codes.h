#pragma once

#include "admin/admin_store.h"
#include "admin/console_sessions.h"
#include "admin/console_store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "contacts/channel.h"
#include "contacts/email_address.h"
#include "crypto/keyring.h"
#include "limits/limit_store.h"

#include <chrono>
#include <string>

namespace accessd::admin {

/// Takes a code to an admin. Nobody waits for it: how long it takes would tell who is an admin.
class CodeMail {
public:
    struct Mail {
        std::string id;  ///< Of the code: names the message.
        std::string admin_id;
        std::string recipient;
        contacts::Language language{};
        Secret code;
        TimePoint created_at{};
        TimePoint expires_at{};
    };

    virtual ~CodeMail() = default;
    /// Whether any mail can leave this server. Errors: StoreUnavailable.
    virtual Result<bool> is_possible() = 0;
    /// Returns at once. Threads: safe to call concurrently.
    virtual void send(Mail mail) = 0;
};

/// Signing in to the console by a code to the admin's own address. It belongs to no project, so no key of one
/// reaches it. Threads: safe to call concurrently.
class SignInCodes {
public:
    static constexpr auto kLife = std::chrono::minutes{10};
    static constexpr int kDigits = 6;
    static constexpr int kAttemptsMax = 5;
    static constexpr auto kResendAfter = std::chrono::seconds{30};

    struct Parts {
        ConsoleStore& store;
        AdminStore& admins;
        ConsoleSessions& sessions;
        limits::LimitStore& limits;
        const crypto::Keyring& keyring;
        CodeMail& mail;
        Clock& clock;
        Random& random;
    };
    explicit SignInCodes(Parts parts) : parts_(parts) {}

    struct Sent {
        std::string id;
        TimePoint expires_at{};
    };
    /// Whether or not somebody is an admin, what comes back is the same, and so is the time it takes.
    /// `client_ip` may be empty. Errors: NoProvider (no mail can leave); RateLimited; StoreUnavailable.
    Result<Sent> send(const contacts::EmailAddress& email, contacts::Language language,
                      const std::string& client_ip);

    /// Uses the code up and begins a session.
    /// Errors: InvalidOtp with `details.attempts_remaining`; InvalidCredentials for a code that is used, expired,
    /// out of tries or unknown; StoreUnavailable.
    Result<ConsoleSessions::Begun> verify(const std::string& id, const std::string& otp,
                                          const events::AuditEntry& audit);

private:
    Parts parts_;
};

}  // namespace accessd::admin
