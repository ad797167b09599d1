#include "access/flow.h"
#include "store/sql/failure_rows.h"
#include "store/sql/fraud_rows.h"
#include "store/sql/message_rows.h"
#include "store/sql/person_rows.h"
#include "store/sql/sql_login_code_store.h"
#include "store/sql/sql_validation_store.h"
#include "store/sql/user_rows.h"
#include "store/sql/validation_rows.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace accessd::store {
namespace {

using access::Login;
using access::LoginStatus;
using access::UseCode;
using access::UsedCode;
using access::Validation;
using access::ValidationStatus;
using events::EventType;

// One statement spends the try and, where the keyed digest is the stored one, uses the code up: no other
// request fits between. Comparing it in SQL tells nothing about the digits, because the digest is keyed.
// A number's code counts whichever way it came: channels ?3 and ?6 are those of one contact. {right} stands for the comparison. (UPDATE ... FROM would compute it once, and RETURNING would save reading
// the row: but for each SQLite opens a table of its own, which costs more than the rest.)
constexpr std::string_view kUse = R"(
    UPDATE validations
       SET attempts_remaining = attempts_remaining - 1,
           status = CASE WHEN {right} THEN 'validated'
                         WHEN attempts_remaining = 1 THEN 'failed' ELSE status END,
           ended_at = CASE WHEN {right} OR attempts_remaining = 1 THEN ?5 END,
           digest = CASE WHEN {right} OR attempts_remaining = 1 THEN NULL ELSE digest END,
           sealed_code = CASE WHEN {right} OR attempts_remaining = 1 THEN NULL ELSE sealed_code END,
           link_digest = CASE WHEN {right} OR attempts_remaining = 1 THEN NULL ELSE link_digest END
     WHERE id = ?2 AND project_id = ?1 AND channel IN (?3, ?6) AND recipient = ?4
       AND status = 'pending' AND attempts_remaining > 0 AND expires_at > ?5
       AND EXISTS (SELECT 1 FROM logins l
                    WHERE l.id = login_id AND l.status = 'pending' AND l.expires_at > ?5))";
constexpr std::string_view kRight = "{right}";
constexpr std::size_t kFirstCandidate = 7;  // The parameter after those above.

constexpr auto kSetUser = "UPDATE validations SET user_id = ?2 WHERE id = ?1";

constexpr auto kHasLocks = "SELECT EXISTS (SELECT 1 FROM locks WHERE project_id = ?1)";

constexpr auto kAdvanceLogin = R"(
    UPDATE logins SET user_id = ?2, methods_done = ?3, status = ?4, completed_at = ?5
     WHERE id = ?1)";

// A link is no guess: where its token isn't the stored one, this finds no row and charges nothing.
constexpr std::string_view kUseLink = R"(
    UPDATE validations
       SET status = 'validated', ended_at = ?5, digest = NULL, sealed_code = NULL, link_digest = NULL
     WHERE id = ?2 AND project_id = ?1 AND channel = ?3 AND recipient = ?4 AND link_digest = ?6
       AND status = 'pending' AND attempts_remaining > 0 AND expires_at > ?5
       AND EXISTS (SELECT 1 FROM logins l
                    WHERE l.id = login_id AND l.status = 'pending' AND l.expires_at > ?5))";

/// The statement for a number of candidates.
std::string make_use_statement(std::size_t candidates)
{
    std::string right = "(1 = 0";
    for (std::size_t i = 0; i < candidates; ++i) {
        const auto version = std::to_string(kFirstCandidate + 2 * i);
        const auto digest = std::to_string(kFirstCandidate + 2 * i + 1);
        right += " OR (pepper_version = ?" + version + " AND digest = ?" + digest + ")";
    }
    right += ")";
    auto statement = std::string{kUse};
    for (auto at = statement.find(kRight); at != std::string::npos;
         at = statement.find(kRight, at)) {
        statement.replace(at, kRight.size(), right);
    }
    return statement;
}

/// The same, made once for the one or two peppers that live at most times.
std::string use_statement(std::size_t candidates)
{
    static const std::array usual{make_use_statement(0), make_use_statement(1),
                                  make_use_statement(2)};
    return candidates < usual.size() ? usual[candidates] : make_use_statement(candidates);
}

std::optional<std::string>& contact_of(users::User& user, contacts::Channel channel)
{
    return contacts::is_phone(channel) ? user.phone : user.email;
}

/// One try, inside its transaction.
class Using {
public:
    Using(Connection& connection, EventWriter& events, const UseCode& request)
        : connection_(connection),
          events_(events),
          request_(request),
          identity_{request.project_id, request.method, request.recipient}
    {
    }

    Result<UsedCode> run()
    {
        if (auto refused = find_refusal()) return *std::move(refused);
        const bool is_link = !request_.link_digest.empty();
        auto spent = is_link ? use_link() : spend_attempt();
        // Asked with it, and read if it was: across a network all of it is one wait.
        auto found = ask_validation(connection_, request_.validation_id);
        auto logins = ask_login();
        auto owners = ask_owner();
        auto locks = connection_.query(kHasLocks, {request_.project_id});
        if (spent.count() != 1) return explain();
        connection_.keep();  // The try is spent, whatever comes of it.
        if (!found.next()) return Error{ErrorCode::Internal, "a validation without its row"};
        auto validation = read_validation(found);
        if (validation.status != ValidationStatus::Validated) return refuse(validation);

        if (!logins.next()) return Error{ErrorCode::Internal, "a validation without its login"};
        auto login = read_login(logins);
        has_locks_ = locks.next() && locks.flag(0);
        auto user = find_or_make_user(validation, login, owners);
        if (!user) return mismatch(validation, user.error());
        return finish(std::move(validation), std::move(login), std::move(*user));
    }

private:
    /// Waits are for those who guess; a lock pauses all there is of the method.
    std::optional<Error> find_refusal()
    {
        auto check = check_try(connection_, identity_, request_.client, request_.failure_limits,
                               request_.now);
        has_failures_ = check.has_failures;
        const bool is_locked = check.refusal && check.refusal->code == ErrorCode::Locked;
        if (!request_.link_digest.empty() && !is_locked) return std::nullopt;
        return std::move(check.refusal);
    }

    Changes use_link()
    {
        return connection_.begin(kUseLink, {request_.project_id, request_.validation_id,
                                            contacts::to_text(request_.channel), request_.recipient,
                                            request_.now, Blob{request_.link_digest}});
    }

    Changes spend_attempt()
    {
        std::vector<Bind> binds{request_.project_id,
                                request_.validation_id,
                                contacts::to_text(request_.channel),
                                request_.recipient,
                                request_.now,
                                contacts::to_text(contacts::sibling(request_.channel))};
        for (const auto& candidate : request_.candidates) {
            binds.emplace_back(candidate.pepper_version);
            binds.emplace_back(Blob{candidate.digest});
        }
        return connection_.begin(use_statement(request_.candidates.size()), binds);
    }

    /// The validation's, and nobody else changes it before this transaction ends.
    Rows ask_login()
    {
        static const auto sql = std::string{"SELECT "} + kLoginColumns + R"( FROM logins
             WHERE id = (SELECT login_id FROM validations WHERE id = ?1) /*pg FOR UPDATE*/)";
        return connection_.query(sql, {request_.validation_id});
    }

    /// Whose the contact is.
    Rows ask_owner()
    {
        return contacts::is_phone(request_.channel)
                   ? ask_user_by_phone(connection_, request_.project_id, request_.recipient)
                   : ask_user_by_email(connection_, request_.project_id, request_.recipient);
    }

    /// Why no try was spent.
    Error explain()
    {
        const auto found = find_validation(connection_, request_.validation_id);
        if (!found || found->project_id != request_.project_id ||
            projects::method_of(found->channel) != request_.method ||
            found->recipient != request_.recipient) {
            return ErrorCode::ValidationNotFound;
        }
        switch (found->status_at(request_.now)) {
        case ValidationStatus::Validated: return ErrorCode::AlreadyValidated;
        case ValidationStatus::Canceled: return ErrorCode::ValidationCanceled;
        case ValidationStatus::Expired: return ErrorCode::OtpExpired;
        case ValidationStatus::Failed: return ErrorCode::AttemptsExhausted;
        case ValidationStatus::Pending: break;
        }
        const auto login = find_login(connection_, found->login_id);
        const bool is_complete = login && login->status == LoginStatus::Complete;
        return is_complete ? ErrorCode::LoginComplete : ErrorCode::OtpExpired;
    }

    Error refuse(const Validation& validation)
    {
        auto failed = event(validation, EventType::OtpFailed);
        failed.reason = "wrong_code";
        std::vector<events::Event> written{std::move(failed)};
        if (validation.status == ValidationStatus::Failed) {
            written.push_back(event(validation, EventType::ValidationFailed));
            written.back().reason = "attempts_exhausted";
        }
        if (auto lock = count_failure(connection_, identity_, request_.client,
                                      request_.failure_limits, request_.now)) {
            lock->id = request_.lock_id;
            lock->user_id = validation.user_id;
            insert_lock(connection_, *lock);
            if (!validation.decoy) mail_unlock_link(*lock, validation);
            written.push_back(
                event_of(*lock, EventType::SecurityLocked, request_.now, request_.test));
        }
        events_.write(connection_, written);
        return Error{ErrorCode::InvalidOtp}.with("attempts_remaining",
                                                 std::int64_t{validation.attempts_remaining});
    }

    void mail_unlock_link(const access::Lock& lock, const Validation& validation)
    {
        if (!request_.make_unlock_link || validation.channel != contacts::Channel::Email) return;
        const auto link = request_.make_unlock_link();
        delivery::Message message;
        message.id = link.message_id;
        message.project_id = validation.project_id;
        message.flow_id = validation.flow_id;
        message.login_id = validation.login_id;
        message.validation_id = validation.id;
        message.kind = delivery::MessageKind::Unlock;
        message.channel = validation.channel;
        message.recipient = validation.recipient;
        message.language = validation.language;
        message.sealed_code = link.sealed_token;
        message.test = request_.test;
        message.created_at = message.next_attempt_at = request_.now;
        message.expires_at = request_.now + access::kUnlockLinkLife;
        set_unlock_link(connection_, lock.id, link.digest, message.expires_at);
        insert_message(connection_, message);
    }

    /// The code was right, but its address isn't the login's user's: the code is used up all the same.
    Error mismatch(const Validation& validation, const Error& error)
    {
        end_validation(connection_, validation.id, ValidationStatus::Failed, request_.now);
        auto failed = event(validation, EventType::ValidationFailed);
        failed.reason = "user_mismatch";
        events_.write(connection_, {failed});
        return error;
    }

    /// All validations of a login belong to one user; the first fixes who that is.
    Result<users::User> find_or_make_user(const Validation& validation, const Login& login,
                                          Rows& owners)
    {
        if (request_.asks_source) return take_person(login);
        if (owners.next()) {
            auto owner = read_user(owners);
            const bool is_other = !login.user_id.empty() && login.user_id != owner.user_id;
            if (is_other) return ErrorCode::LoginUserMismatch;
            return owner;
        }
        if (!login.user_id.empty()) return add_contact(validation, login.user_id);
        // Known when the code was sent, and no longer.
        if (!validation.user_id.empty() || !request_.create_user) {
            return ErrorCode::LoginUserMismatch;
        }
        users::User user;
        user.project_id = request_.project_id;
        user.user_id = request_.new_user_id;
        contact_of(user, validation.channel) = validation.recipient;
        user.created_at = user.updated_at = request_.now;
        insert_user(connection_, user);
        written_.push_back(event_of(user, EventType::UserCreated, request_.now, request_.test));
        return user;
    }

    /// Whom the source named just now, whatever the directory holds.
    Result<users::User> take_person(const Login& login)
    {
        const auto& person = request_.person;
        if (!person) return ErrorCode::LoginUserMismatch;
        if (!login.user_id.empty() && login.user_id != person->user_id) {
            return ErrorCode::LoginUserMismatch;
        }
        return store::take_person(connection_, {request_.project_id, request_.now, request_.test},
                                  *person, written_);
    }

    Result<users::User> add_contact(const Validation& validation, const std::string& user_id)
    {
        auto user = find_user(connection_, request_.project_id, user_id);
        const bool may_add =
            request_.add_missing_contacts && user && !contact_of(*user, validation.channel);
        if (!may_add) return ErrorCode::LoginUserMismatch;
        contact_of(*user, validation.channel) = validation.recipient;
        user->updated_at = request_.now;
        update_user(connection_, *user);
        ++user->version;
        written_.push_back(event_of(*user, EventType::UserUpdated, request_.now, request_.test));
        return std::move(*user);
    }

    UsedCode finish(Validation validation, Login login, users::User user)
    {
        if (validation.user_id != user.user_id) {
            validation.user_id = user.user_id;
            connection_.send(kSetUser, {validation.id, user.user_id});
        }
        login.user_id = user.user_id;
        auto& done = login.methods_done;
        if (std::find(done.begin(), done.end(), request_.method) == done.end()) {
            done.push_back(request_.method);
        }
        if (access::is_complete(request_.policy, done)) {
            login.status = LoginStatus::Complete;
            login.completed_at = request_.now;
        }
        connection_.send(kAdvanceLogin, {login.id, login.user_id, methods_text(done),
                                         access::to_text(login.status), login.completed_at});
        if (login.status == LoginStatus::Complete && request_.login_code) {
            auto code = *request_.login_code;
            code.project_id = login.project_id;
            code.login_id = login.id;
            insert_login_code(connection_, code);
        }

        written_.push_back(event(validation, EventType::ValidationValidated));
        if (login.status == LoginStatus::Complete) {
            written_.push_back(event(validation, EventType::LoginCompleted));
            written_.back().validation_id.clear();
            written_.back().channel.clear();
            written_.back().destination.clear();
        }
        events_.write(connection_, written_);
        if (!request_.test && contacts::is_phone(validation.channel)) {
            count_guarded_success(connection_, request_.project_id, validation.recipient,
                                  request_.client, request_.now);
        }
        if (has_failures_) forget_failures(connection_, identity_, request_.client);
        if (has_locks_) {
            unlock(projects::Method::Email, user.email);
            unlock(projects::Method::Phone, user.phone);
            unlock(projects::Method::Biometric, user.user_id);
        }
        return {std::move(validation), std::move(login), std::move(user)};
    }

    /// Who proves to be the user by another factor gets the paused one back.
    void unlock(projects::Method method, const std::optional<std::string>& contact)
    {
        if (!contact || method == request_.method) return;
        const auto lock = find_lock(connection_, {request_.project_id, method, *contact});
        if (!lock) return;
        remove_lock(connection_, events_, *lock, access::kUnlockedByOtherFactor, request_.now,
                    request_.test);
    }

    events::Event event(const Validation& validation, EventType type) const
    {
        return event_of(validation, type, request_.now, request_.test);
    }

    Connection& connection_;
    EventWriter& events_;
    const UseCode& request_;
    const access::Identity identity_;
    bool has_failures_ = false;
    bool has_locks_ = false;  ///< The project has any.
    std::vector<events::Event> written_;
};

}  // namespace

namespace {

Claims claims_of(const UseCode& request)
{
    auto claims = claim_contact(request.project_id, request.recipient);
    if (contacts::is_phone(request.channel)) claims.add("fraud", {request.project_id});
    if (request.person) claims.add("user", {request.project_id, request.person->user_id});
    return claims;
}

}  // namespace

Result<UsedCode> SqlValidationStore::use(const UseCode& request)
{
    return database_.write(claims_of(request), [&](Connection& connection) {
        return Using{connection, events_, request}.run();
    });
}

void SqlValidationStore::use_later(std::shared_ptr<const UseCode> request,
                                   std::function<void(Result<UsedCode>)> done)
{
    const auto claims = claims_of(*request);
    database_.write_later(
        claims,
        [this, request = std::move(request)](Connection& connection) {
            return Using{connection, events_, *request}.run();
        },
        std::move(done));
}

}  // namespace accessd::store
