#pragma once

#include "admin/admin.h"
#include "base/result.h"
#include "events/audit.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace accessd::admin {

/// A link that lets an admin in once, or that makes the first owner.
struct SignInLink {
    std::string hash;      ///< SHA-256, in hex; the secret has 256 random bits.
    std::string admin_id;  ///< Empty: makes the first owner.
    TimePoint created_at{};
    TimePoint expires_at{};
};

/// A code that an admin got by mail.
struct SignInCode {
    std::string id;
    std::string admin_id;  ///< Empty: a decoy, which nothing fits.
    std::string digest;    ///< Keyed, so comparing it in SQL tells nothing.
    int attempts_left = 0;
    TimePoint created_at{};
    TimePoint expires_at{};
};

/// A browser in which an admin is signed in.
struct Session {
    std::string hash;  ///< As of a link.
    std::string admin_id;
    TimePoint created_at{};
    TimePoint expires_at{};
    TimePoint seen_at{};  ///< Last use, to some seconds.
    /// When a factor was last shown: by signing in, or again since. Of one that waits: never.
    TimePoint factor_at{};
    bool is_waiting = false;  ///< For the second factor: nothing else may be done with it.
};

struct SignedIn {
    Session session;
    Admin admin;
    int recovery_codes_left = 0;
};

/// How admins get in and stay in. Every engine passes tests/store/admin_stores_contract_test.cpp.
class ConsoleStore {
public:
    virtual ~ConsoleStore() = default;

    /// Puts the link in the place of the admin's earlier ones.
    /// Errors: AdminNotFound; Conflict for a first owner's link when there is an admin; StoreUnavailable.
    virtual Result<void> put_link(const SignInLink& link, const events::AuditEntry& audit) = 0;
    /// Nothing for a link that is used, expired or unknown. Errors: StoreUnavailable.
    virtual Result<std::optional<SignInLink>> find_link(const std::string& hash, TimePoint now) = 0;
    /// Uses the link up and begins the session, which gets the link's admin; a first owner's link makes
    /// `first` an admin. The session waits where the admin has a second factor. Atomic: of any number of concurrent calls one succeeds, and of all links that
    /// make the first owner one makes one. The audit entry gets the admin as its actor and target.
    /// Errors: InvalidCredentials (used, expired, unknown, or there is an admin already); StoreUnavailable.
    virtual Result<Admin> use_link(const std::string& hash, Session session, const Admin& first,
                                   TimePoint now, const events::AuditEntry& audit) = 0;
    /// Puts the code in the place of the admin's earlier ones. Errors: StoreUnavailable.
    virtual Result<void> put_code(const SignInCode& code) = 0;
    /// Spends a try on the code; where one of `digests` is its own, uses it up and begins the session, which gets
    /// the code's admin. Atomic: of any number of concurrent calls no more are compared than the code has tries,
    /// and one succeeds. The audit entry gets the admin as its actor and target.
    /// Errors: InvalidOtp with `details.attempts_remaining`; InvalidCredentials (used, expired, out of tries or
    /// unknown); StoreUnavailable.
    virtual Result<Admin> use_code(const std::string& id, const std::vector<std::string>& digests,
                                   Session session, TimePoint now,
                                   const events::AuditEntry& audit) = 0;
    /// With its admin; nothing if unknown. Errors: StoreUnavailable.
    virtual Result<std::optional<SignedIn>> find_session(const std::string& hash) = 0;
    /// Notes when sessions were last used. Errors: StoreUnavailable.
    virtual Result<void> note_seen(
        const std::vector<std::pair<std::string, TimePoint>>& seen_by_hash) = 0;
    /// A session that is gone already is no error. Errors: StoreUnavailable.
    virtual Result<void> end_session(const std::string& hash, const events::AuditEntry& audit) = 0;
    /// Removes sessions, links and codes that expired before `now`. Errors: StoreUnavailable.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::admin
