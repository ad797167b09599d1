#pragma once

#include "access/lock.h"
#include "access/login_code_store.h"
#include "access/validation.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "limits/window.h"
#include "users/person.h"
#include "users/user.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace accessd::access {

/// A code as the store keeps it: a keyed digest to compare with, and the sealed digits to send.
struct SealedCode {
    std::string
        digest;  ///< HMAC-SHA-256(pepper, validation id || code); for a decoy, random bytes.
    int pepper_version = 0;
    std::string sealed;         ///< Bound to the validation's id. Empty for a decoy.
    std::string link_digest{};  ///< SHA-256 of the token of its link; empty: it has none.
};

/// Makes the code of a validation; for a decoy one that no digits fit. Called inside the store's
/// transaction, at most once, when a new code is needed: only there is known whether an earlier one is
/// sent again, and whether that was a decoy.
using CodeMaker = std::function<SealedCode(const std::string& validation_id, bool decoy)>;

/// A request to send a code, with everything decided that doesn't depend on what is stored.
struct SendCode {
    /// The new rows, should they be needed: ids, project, flow, recipient, policy numbers, times.
    /// `validation.login_id` and `login.id` hold the fresh login's id.
    Validation validation;
    Login login;
    std::optional<std::string> continue_login_id;  ///< The login the caller names.
    std::string message_id;
    CodeMaker make_code;

    projects::Method method = projects::Method::Email;  ///< Nothing is sent while it is locked.
    limits::Limit limit = limits::kEmailSends;
    std::string limit_key;
    std::vector<limits::KeyedLimit> further_limits;  ///< Count it too; all let it through or none.
    std::string masked_recipient;                    ///< For events.
    std::string
        client;  ///< limits::client_network() of the person, for the guard; empty: not told.
    bool add_missing_contacts = false;
    bool hides_mismatch = false;  ///< Instead of LoginUserMismatch: a decoy, and no message.
    bool test = false;
    bool into_inbox = false;  ///< Of a test project: the message has arrived by being written.
    std::string inbox_note;   ///< With that: what its attempt is to say besides; mostly nothing.
    TimePoint now;
};

/// What became of it.
struct SentCode {
    Validation validation;
    limits::Decision limit;  ///< Of SendCode::limit; `retry_after` is the longest of all limits.
};

/// A try to use a code up.
struct UseCode {
    std::string project_id;
    std::string validation_id;
    contacts::Channel channel{};
    std::string recipient;
    /// The digest of the digits tried, under each pepper that a live code may have been made with.
    struct Candidate {
        int pepper_version = 0;
        std::string digest;
    };
    std::vector<Candidate> candidates;
    /// Instead of candidates: SHA-256 of the token of a link. It uses the validation up where it is the
    /// stored one. Where it isn't, nothing was guessed: no attempt is charged, no failure counted.
    std::string link_digest;
    std::optional<LoginCode> login_code;  ///< Kept if this completes the login.
    projects::Method method{};
    projects::Policy policy;   ///< What completes the login.
    bool create_user = false;  ///< The source is open: an unknown person becomes a user.
    bool add_missing_contacts = false;
    std::string new_user_id;
    /// An external source decides who logs in: nobody but `person`, as it told just now.
    bool asks_source = false;
    std::optional<users::Person> person{};
    std::string client;  ///< limits::client_network() of the person; empty: not told.
    FailureLimits failure_limits;
    std::string lock_id;               ///< Of the lock, should this failure be the one too many.
    UnlockLinkMaker make_unlock_link;  ///< For its message; none is written to a decoy's contact.
    std::string masked_recipient;
    bool test = false;
    TimePoint now;
};

/// A code that was right.
struct UsedCode {
    Validation validation;
    Login login;
    users::User user;
};

/// What the token of a link leads to.
struct LinkedValidation {
    Validation validation;
    std::string sealed_code;  ///< delivery/sealed_code.h.
};

struct ValidationFilter {
    std::optional<std::string> project_id;
    std::optional<std::string> flow_id;
    std::optional<std::string> login_id;
    std::optional<std::string> user_id;
    std::optional<std::string> recipient;  ///< Canonical.
    std::optional<ValidationStatus> status;
};

struct LoginFilter {
    std::optional<std::string> project_id;
    std::optional<std::string> flow_id;
    std::optional<std::string> user_id;
    std::optional<LoginStatus> status;
};

/// Validations and the logins they belong to. Every engine passes
/// tests/store/validation_store_contract_test.cpp.
class ValidationStore {
public:
    virtual ~ValidationStore() = default;

    /// Counts the send, opens or continues the login and the validation, makes or keeps the code, and
    /// queues the message: one transaction, with its events (validation.created for a new validation;
    /// otp.sent and otp.delivered for a message `into_inbox`, which no worker has to carry;
    /// security.rate_limited at most once per key and window with a count).
    ///
    /// Which login: `continue_login_id`; else the pending one that the same key opened for the same
    /// contact in the same flow; else a new one. Within it a live validation of the same recipient is
    /// used again by access/resend.h; a decoy stays a decoy. The limit is counted before anything else
    /// is looked at, and stays counted when a later check refuses. The further limits count it with the
    /// first: every window is asked before any takes it.
    ///
    /// While the recipient is locked for the method, nothing is counted or looked at.
    ///
    /// A live project's message to a phone is counted by the fraud guard (fraud/fraud_rules.h), and stopped
    /// where that or a cap says so.
    ///
    /// Errors: Locked; RateLimited (details of limits::refusal); SendingBlocked; LoginNotFound; LoginComplete;
    /// LoginUserMismatch (the login's user isn't validation.user_id, unless `hides_mismatch`);
    /// StoreUnavailable.
    virtual Result<SentCode> send(const SendCode& request) = 0;
    /// The same without holding a thread: see store::Database::write_later().
    virtual void send_later(std::shared_ptr<const SendCode> request,
                            std::function<void(Result<SentCode>)> done) = 0;

    /// Charges one attempt and, when a candidate is the stored digest, uses the code up: one
    /// conditional statement, committed also when the code is wrong. Of any number of concurrent calls
    /// at most `max_attempts` are compared and at most one succeeds. On success, in the same
    /// transaction: the user is fixed (made if `create_user`), the login is advanced by
    /// access/flow.h and completed when its policy is met, and events are written
    /// (validation.validated, user.created, login.completed; otp.failed for each wrong code, and
    /// validation.failed with the last).
    ///
    /// Consecutive failures of the recipient by this method are counted in the same transaction, per
    /// client and from anywhere: after `failure_limits.before_wait` the client waits, and with
    /// `before_lock` a lock begins (security.locked). Then nothing is compared or charged, so between
    /// two successes at most `before_lock` codes are compared. A success forgets the recipient's
    /// failures and the client's, and ends locks of the user's other contacts (security.unlocked).
    ///
    /// With a lock a message is queued that carries the link which ends it, unless the validation is a
    /// decoy. A login that is completed by a link gets its one-time code in the same transaction.
    ///
    /// Errors: Locked; RateLimited (the client waits; never a link); InvalidOtp with `details.attempts_remaining`; AttemptsExhausted; OtpExpired;
    /// AlreadyValidated; ValidationCanceled; ValidationNotFound (also for another project, channel or
    /// recipient); LoginComplete; LoginUserMismatch; StoreUnavailable.
    virtual Result<UsedCode> use(const UseCode& request) = 0;
    virtual void use_later(std::shared_ptr<const UseCode> request,
                           std::function<void(Result<UsedCode>)> done) = 0;

    /// Ends a pending validation; its code dies and queued messages with it. Writes
    /// validation.canceled. Errors: ValidationNotFound, AlreadyValidated, ValidationCanceled,
    /// OtpExpired, AttemptsExhausted (it had ended already), StoreUnavailable.
    virtual Result<Validation> cancel(const std::string& id, const ProjectScope& scope,
                                      TimePoint now) = 0;

    /// Nothing if unknown or outside the scope. Errors: StoreUnavailable.
    virtual Result<std::optional<Validation>> find(const std::string& id,
                                                   const ProjectScope& scope) = 0;
    /// The pending validation with this link; its time may be over. Nothing if there is none, as when it
    /// was used, replaced or canceled. The token is the only credential: there is no scope.
    /// Errors: StoreUnavailable.
    virtual Result<std::optional<LinkedValidation>> find_by_link(const std::string& digest) = 0;
    virtual Result<Page<Validation>> list(const ProjectScope& scope, const ValidationFilter& filter,
                                          const PageRequest& page, TimePoint now) = 0;
    virtual Result<std::optional<Login>> find_login(const std::string& id,
                                                    const ProjectScope& scope) = 0;
    virtual Result<Page<Login>> list_logins(const ProjectScope& scope, const LoginFilter& filter,
                                            const PageRequest& page, TimePoint now) = 0;

    /// Marks up to `rows_max` pending validations and logins past their time, erases their codes and
    /// writes validation.expired. Returns how many rows it marked.
    virtual Result<int> expire(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::access
