#pragma once

#include "access/contact.h"
#include "access/validation_store.h"
#include "base/clock.h"
#include "base/project_scope.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "limits/limit_store.h"
#include "projects/project_lookup.h"
#include "tokens/login_tokens.h"
#include "users/directory.h"
#include "users/person.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::access {

/// Who asks for a code to be sent, and for whom.
struct OtpRequest {
    std::string project_id;
    Contact contact;
    std::optional<std::string> flow_id;          ///< Default: the project's active login flow.
    std::optional<std::string> login_id;         ///< Continues a login that needs several methods.
    std::optional<contacts::Language> language;  ///< Default: the project's.
    std::optional<std::string> redirect_url;
    std::string client_ip;  ///< Of the person: as the business's server says, or who is connected.
    std::string user_agent;
    std::string metadata;  ///< JSON object; empty: none.
    /// Asked by the browser that opened `login_id`. It learns nothing of other people: a contact that isn't
    /// the login's user's is an unknown person's.
    bool from_browser = false;
};

/// A code on its way.
struct SentOtp {
    Validation validation;
    limits::Decision limit;
    std::chrono::seconds resend_after{0};  ///< When asking again is worth while.
};

/// A code given back and right.
struct ValidatedOtp {
    Validation validation;
    Login login;
    users::User user;
    std::vector<projects::Method> remaining;
    std::optional<tokens::IssuedToken> token;  ///< When the login is complete.
    std::string redirect_url;  ///< For a browser, instead of it: where it goes, with its code.
};

/// Proves that a person reads an email address or a phone, by sending it a code to give back.
///
/// Threads: safe to call concurrently.
class OtpAccess {
public:
    struct Parts {
        ValidationStore& validations;
        projects::ProjectLookup& projects;
        users::Directory& directory;
        limits::LimitStore& limits;
        const crypto::Keyring& keyring;
        tokens::LoginTokens& tokens;
        Clock& clock;
        Random& random;
        /// Whether a live project's message can leave for this contact. Errors: StoreUnavailable.
        std::function<Result<bool>(const std::string& project_id, const Contact&)> has_sender;
        std::function<void()> message_queued;     ///< Wakes the delivery workers.
        std::function<void()> message_delivered;  ///< Counts one that went straight into an inbox.
        /// What there is to say of the words of a message that goes there; empty: nothing.
        std::function<std::string(const projects::Project&, contacts::Channel, contacts::Language)>
            inbox_note{};
        users::PersonLookup* people = nullptr;  ///< Asks external sources; null: there are none.
        config::Limits limit_settings{};        ///< Behind the published limits.
    };
    explicit OtpAccess(Parts parts);

    /// Sends a code, or the same one again, in three steps, so that no thread waits while the store commits: what can
    /// be decided before, the one change, and the answer to it. Unknown people get the same answer and no message,
    /// unless the flow reveals them. `opened_by` is the key whose token asks.
    /// Errors: ProjectNotFound, FlowNotFound, FlowNotActive, MethodDisabled, RedirectNotAllowed,
    /// NoProvider, UserNotAllowed, SourceUnavailable, those of check_phone(), and those of ValidationStore::send.
    Result<SendCode> prepare_send(const OtpRequest& request, const ProjectScope& scope,
                                  const std::string& opened_by);
    void commit(std::shared_ptr<const SendCode> send, std::function<void(Result<SentCode>)> done);
    Result<SentOtp> complete(Result<SentCode> sent, bool into_inbox);

    /// Digits as typed: text, or a number that lost its leading zeros.
    struct TypedOtp {
        std::string digits;
        bool lost_zeros = false;
    };
    /// A try to use a code up, and what its answer needs.
    struct PreparedUse {
        UseCode use;
        std::optional<Login> browser_login;
        Secret login_code;                     ///< A browser's, when the login is complete.
        std::shared_ptr<bool> is_mail_queued;  ///< Set by the store's asking for an unlock link.
    };
    /// Uses the code up, in three steps as well. `client_ip` is the person's, as the business's server says; if it
    /// doesn't, whoever asked for the code is taken to give it back. A browser names the login it opened and
    /// reaches no validation of another; complete, it gets a redirect_url in place of the token, and
    /// what the code of another person's contact answers is InvalidOtp.
    /// Errors: FlowNotActive, MethodDisabled, RedirectNotAllowed (of a browser's login), SourceUnavailable (no
    /// attempt is charged then), and those of ValidationStore::use.
    /// A number's code counts whichever way it came.
    Result<PreparedUse> prepare_use(const Contact& contact, const TypedOtp& otp,
                                    const std::string& validation_id, const ProjectScope& scope,
                                    const std::string& client_ip = {},
                                    const std::string& browser_login_id = {});
    void commit(const std::shared_ptr<const PreparedUse>& prepared,
                std::function<void(Result<UsedCode>)> done);
    Result<ValidatedOtp> complete(const PreparedUse& prepared, Result<UsedCode> used);

private:
    /// Whom the source names for an address.
    struct Recipient {
        std::string user_id;    ///< Empty: nobody yet.
        bool is_known = false;  ///< Gets a message; else a decoy.
    };
    Result<const projects::Flow*> flow_for(const OtpRequest& request,
                                           const projects::ProjectSetup& setup,
                                           const std::optional<Login>& login) const;
    Result<Recipient> find_recipient(const OtpRequest& request, const projects::ProjectSetup& setup,
                                     const projects::Flow& flow,
                                     const std::optional<Login>& login) const;
    Result<Login> find_browser_login(const std::string& id, const ProjectScope& scope,
                                     const projects::Flow& flow) const;
    SealedCode make_code(const std::string& validation_id, const std::string& fixed_code,
                         int otp_length, bool decoy, bool with_link) const;
    UnlockLink make_unlock_link(TimePoint now) const;

    Parts parts_;
};

}  // namespace accessd::access
