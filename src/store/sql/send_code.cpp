#include "access/resend.h"
#include "base/id.h"
#include "delivery/inbox_sender.h"
#include "store/sql/failure_rows.h"
#include "store/sql/fraud_rows.h"
#include "store/sql/limit_rows.h"
#include "store/sql/message_rows.h"
#include "store/sql/sql_validation_store.h"
#include "store/sql/validation_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using access::Login;
using access::LoginStatus;
using access::SendCode;
using access::SentCode;
using access::Validation;
using delivery::MessageStatus;
using events::EventType;

/// A login that ends sooner isn't continued by itself: its code could hardly be typed in time.
constexpr auto kLoginLifeLeftMin = std::chrono::minutes{1};

constexpr auto kMode = "SELECT mode FROM projects WHERE id = ?1";

constexpr auto kInsertLogin = R"(
    INSERT INTO logins (id, project_id, flow_id, opened_by, opened_for, user_id, status,
                        methods_done, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, NULL, 'pending', '', ?6, ?7))";

constexpr auto kInsertValidation = R"(
    INSERT INTO validations (id, project_id, flow_id, login_id, channel, recipient, user_id, status,
                             decoy, otp_length, max_attempts, attempts_remaining, language,
                             redirect_url, client_ip, user_agent, metadata, created_at, expires_at,
                             digest, pepper_version, sealed_code, link_digest)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending', ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
            ?18, ?19, ?20, ?21, ?22))";

// A new code is whoever's asked for it: its link leads where they said, and is theirs to press. A caller that
// doesn't tell the person this time takes back nothing that it told before.
constexpr auto kReplaceCode = R"(
    UPDATE validations SET digest = ?2, pepper_version = ?3, sealed_code = ?4, expires_at = ?5,
                           otp_length = ?6, link_digest = ?7, redirect_url = ?8,
                           client_ip = CASE WHEN coalesce(CAST(?9 AS TEXT), CAST(?10 AS TEXT)) IS NOT NULL THEN ?9 ELSE client_ip END,
                           user_agent = CASE WHEN coalesce(CAST(?9 AS TEXT), CAST(?10 AS TEXT)) IS NOT NULL THEN ?10 ELSE user_agent END
     WHERE id = ?1)";

constexpr auto kSetChannel = "UPDATE validations SET channel = ?2 WHERE id = ?1";

constexpr auto kSealedCode = "SELECT sealed_code FROM validations WHERE id = ?1";

/// One send, inside its transaction.
class Sending {
public:
    Sending(Connection& connection, EventWriter& events, Random& random, const SendCode& request)
        : connection_(connection),
          events_(events),
          random_(random),
          request_(request),
          guarded_{request.validation.project_id,
                   request.validation.flow_id,
                   request.validation.recipient,
                   request.client,
                   std::string{contacts::to_text(request.validation.channel)},
                   request.now}
    {
    }

    Result<SentCode> run()
    {
        const auto& wanted = request_.validation;
        const access::Identity identity{wanted.project_id, request_.method, wanted.recipient};
        std::vector<limits::KeyedLimit> limits{{request_.limit_key, request_.limit}};
        limits.insert(limits.end(), request_.further_limits.begin(), request_.further_limits.end());
        // Everything is asked before anything is read: across a network that is one wait.
        auto lock = ask_lock(connection_, identity);
        auto windows = ask_windows(connection_, limits);
        auto project = connection_.query(kMode, {wanted.project_id});
        auto logins = ask_logins();
        if (lock.next()) return access::locked_refusal();
        const auto counted =
            take_from_windows(connection_, std::move(windows), limits, request_.now, true);
        connection_.keep();  // Counted is counted, whatever comes of it.
        if (counted.refused_by != nullptr) {
            const auto& refusing = counted.refused_by->limit;
            report_refusals(refusing, counted.refused_to_report);
            return limits::refusal(counted.decision, refusing);
        }
        ACCESSD_CHECK(check_project(project));
        ACCESSD_CHECK(check_guard());
        ACCESSD_TRY(auto login, find_or_make_login(logins));
        // A login made just now has no validation yet.
        const bool is_new = login.id == request_.login.id;
        auto validation = is_new ? std::nullopt : find_pending(login.id);
        const auto& addressed = validation ? *validation : request_.validation;
        if (!addressed.decoy && !is_others_) ACCESSD_CHECK(count_guarded());
        if (validation) {
            if (is_others_) validation->decoy = true;
            send_again(*validation, login);
        } else {
            validation = request_.validation;
            if (is_others_) {
                validation->decoy = true;
                validation->user_id.clear();
            }
            open(*validation, login);
        }
        return SentCode{std::move(*validation), counted.decision};
    }

private:
    void report_refusals(const limits::Limit& limit, std::int64_t count)
    {
        if (count == 0) return;
        events::Event event;
        event.project_id = request_.validation.project_id;
        event.type = EventType::SecurityRateLimited;
        event.at = request_.now;
        event.flow_id = request_.validation.flow_id;
        event.channel = contacts::to_text(request_.validation.channel);
        event.destination = request_.masked_recipient;
        event.reason = limit.scope;
        event.count = count;
        event.test = request_.test;
        events_.write(connection_, {event});
    }

    /// The caller's copy of the project may be two seconds old.
    Result<void> check_project(Rows& row) const
    {
        if (!row.next()) return ErrorCode::ProjectNotFound;
        if ((row.text(0) == "test") != request_.test) {
            return Error{ErrorCode::Busy, "the project's mode changes"};
        }
        return {};
    }

    bool is_guarded() const
    {
        return !request_.test && contacts::is_phone(request_.validation.channel);
    }

    /// The same answer for unknown people, so it comes before anybody is looked for.
    Result<void> check_guard()
    {
        if (!is_guarded()) return {};
        guard_ = find_fraud_settings(connection_, guarded_.project_id);
        if (const auto until = find_fraud_block(connection_, guarded_, guard_)) {
            return sending_blocked(*until);
        }
        return {};
    }

    Result<void> count_guarded()
    {
        if (!is_guarded()) return {};
        if (const auto until =
                count_guarded_send(connection_, events_, random_, guarded_, guard_)) {
            return sending_blocked(*until);
        }
        return {};
    }

    /// The login that is to go on, or those that the contact has a recent validation in.
    Rows ask_logins()
    {
        if (request_.continue_login_id) {
            return ask_login_to_change(connection_, *request_.continue_login_id);
        }
        // By way of the contact's validations: a pending login has one, and an index of logins by contact would cost
        // every login a page.
        static const auto sql = "SELECT " + columns_of("l", kLoginColumns) + R"(
              FROM validations v JOIN logins l ON l.id = v.login_id
             WHERE v.project_id = ?1 AND v.recipient = ?2 AND v.id > ?3)";
        const auto& login = request_.login;
        const auto life = login.expires_at - login.created_at;
        return connection_.query(
            sql, {login.project_id, login.opened_for, first_id_at("val_", request_.now - life)});
    }

    Result<Login> find_or_make_login(Rows& logins)
    {
        if (request_.continue_login_id) {
            if (!logins.next()) return ErrorCode::LoginNotFound;
            auto login = read_login(logins);
            if (login.project_id != request_.login.project_id) return ErrorCode::LoginNotFound;
            ACCESSD_CHECK(check_continued(login));
            return login;
        }
        if (auto login = find_same_login(logins)) return std::move(*login);
        const auto& login = request_.login;
        connection_.send(kInsertLogin, {login.id, login.project_id, login.flow_id, login.opened_by,
                                        login.opened_for, login.created_at, login.expires_at});
        return login;
    }

    Result<void> check_continued(const Login& login)
    {
        const auto status = login.status_at(request_.now);
        if (status == LoginStatus::Complete) return ErrorCode::LoginComplete;
        if (status != LoginStatus::Pending) return ErrorCode::LoginNotFound;
        const auto& user_id = request_.validation.user_id;
        if (login.user_id.empty() || login.user_id == user_id) return {};
        // Nobody's contact yet: the login's user may get it.
        if (user_id.empty() && request_.add_missing_contacts) return {};
        if (!request_.hides_mismatch) return ErrorCode::LoginUserMismatch;
        is_others_ = true;
        return {};
    }

    /// The pending login that the same key opened for the same contact in the same flow; the newest of several.
    std::optional<Login> find_same_login(Rows& logins) const
    {
        std::optional<Login> newest;
        while (logins.next()) {
            auto login = read_login(logins);
            if (is_same(login) && (!newest || login.id > newest->id)) newest = std::move(login);
        }
        return newest;
    }

    bool is_same(const Login& login) const
    {
        const auto& wanted = request_.login;
        return login.opened_for == wanted.opened_for && login.opened_by == wanted.opened_by &&
               login.flow_id == wanted.flow_id && login.status == LoginStatus::Pending &&
               login.expires_at > request_.now + kLoginLifeLeftMin;
    }

    std::optional<Validation> find_pending(const std::string& login_id)
    {
        static const auto sql = std::string{"SELECT "} + kValidationColumns + R"( FROM validations
            WHERE login_id = ?1 AND recipient = ?2 AND channel IN (?3, ?5) AND status = 'pending'
              AND attempts_remaining > 0 AND expires_at > ?4
            ORDER BY id DESC LIMIT 1)";
        const auto& wanted = request_.validation;
        auto row = connection_.query(sql, {login_id, wanted.recipient,
                                           contacts::to_text(wanted.channel), request_.now,
                                           contacts::to_text(contacts::sibling(wanted.channel))});
        if (!row.next()) return std::nullopt;
        return read_validation(row);
    }

    void open(Validation& validation, const Login& login)
    {
        validation.login_id = login.id;
        validation.flow_id = login.flow_id;
        validation.expires_at = std::min(validation.expires_at, login.expires_at);
        const auto code = request_.make_code(validation.id, validation.decoy);
        connection_.send(kInsertValidation, {validation.id,
                                             validation.project_id,
                                             validation.flow_id,
                                             validation.login_id,
                                             contacts::to_text(validation.channel),
                                             validation.recipient,
                                             or_null(validation.user_id),
                                             validation.decoy,
                                             validation.otp_length,
                                             validation.max_attempts,
                                             validation.attempts_remaining,
                                             contacts::to_text(validation.language),
                                             or_null(validation.redirect_url),
                                             or_null(validation.client_ip),
                                             or_null(validation.user_agent),
                                             or_null(validation.metadata),
                                             validation.created_at,
                                             validation.expires_at,
                                             Blob{code.digest},
                                             code.pepper_version,
                                             blob_or_null(code.sealed),
                                             blob_or_null(code.link_digest)});
        written_.push_back(
            event_of(validation, EventType::ValidationCreated, request_.now, request_.test));
        queue(validation, code.sealed);
    }

    void send_again(Validation& validation, const Login& login)
    {
        if (validation.channel != request_.validation.channel) {
            validation.channel = request_.validation.channel;
            connection_.send(kSetChannel, {validation.id, contacts::to_text(validation.channel)});
        }
        if (decide_resend(validation, request_.now) == access::Resend::SameCode) {
            auto row = connection_.query(kSealedCode, {validation.id});
            row.next();
            return queue(validation, row.bytes(0));
        }
        const auto life = request_.validation.expires_at - request_.validation.created_at;
        validation.expires_at = std::min(request_.now + life, login.expires_at);
        validation.otp_length = request_.validation.otp_length;
        const auto code = request_.make_code(validation.id, validation.decoy);
        supersede_messages(connection_, validation.id);
        connection_.send(kReplaceCode,
                         {validation.id, Blob{code.digest}, code.pepper_version,
                          blob_or_null(code.sealed), validation.expires_at, validation.otp_length,
                          blob_or_null(code.link_digest), or_null(request_.validation.redirect_url),
                          or_null(request_.validation.client_ip),
                          or_null(request_.validation.user_agent)});
        queue(validation, code.sealed);
    }

    /// A decoy gets no message.
    void queue(const Validation& validation, const std::string& sealed_code)
    {
        if (!validation.decoy) insert_message(validation, sealed_code);
        events_.write(connection_, written_);
    }

    void insert_message(const Validation& validation, const std::string& sealed_code)
    {
        delivery::Message message;
        message.id = request_.message_id;
        message.project_id = validation.project_id;
        message.flow_id = validation.flow_id;
        message.login_id = validation.login_id;
        message.validation_id = validation.id;
        message.channel = validation.channel;
        message.recipient = validation.recipient;
        message.language = request_.validation.language;
        message.sealed_code = sealed_code;
        message.metadata = validation.metadata;
        message.test = request_.test;
        message.created_at = message.next_attempt_at = request_.now;
        message.expires_at = validation.expires_at;
        if (request_.into_inbox) {
            message.status = MessageStatus::Delivered;
            message.attempts = 1;
        }
        store::insert_message(connection_, message);
        if (!request_.into_inbox) return;
        delivery::Attempt attempt;
        attempt.message_id = message.id;
        attempt.started_at = request_.now;
        attempt.sender = delivery::kInboxSender;
        attempt.outcome = delivery::Attempt::Outcome::Accepted;
        attempt.reason = request_.inbox_note;
        insert_attempt(connection_, attempt);
        written_.push_back(event_of(message, EventType::OtpSent, request_.now));
        written_.push_back(event_of(message, EventType::OtpDelivered, request_.now));
    }

    Connection& connection_;
    EventWriter& events_;
    Random& random_;
    const SendCode& request_;
    const GuardedSend guarded_;
    fraud::Settings guard_;
    std::vector<events::Event> written_;
    bool is_others_ = false;  ///< The contact isn't the login's user's, and the caller isn't told.
};

}  // namespace

namespace {

Claims claims_of(const SendCode& request)
{
    auto claims = claim_contact(request.validation.project_id, request.validation.recipient);
    claim_window(claims, request.limit_key);
    for (const auto& each : request.further_limits) claim_window(claims, each.key);
    // The guard decides on what all numbers of a project did.
    if (contacts::is_phone(request.validation.channel)) {
        claims.add("fraud", {request.validation.project_id});
    }
    return claims;
}

}  // namespace

Result<SentCode> SqlValidationStore::send(const SendCode& request)
{
    return database_.write(claims_of(request), [&](Connection& connection) {
        return Sending{connection, events_, random_, request}.run();
    });
}

void SqlValidationStore::send_later(std::shared_ptr<const SendCode> request,
                                    std::function<void(Result<SentCode>)> done)
{
    const auto claims = claims_of(*request);
    database_.write_later(
        claims,
        [this, request = std::move(request)](Connection& connection) {
            return Sending{connection, events_, random_, *request}.run();
        },
        std::move(done));
}

}  // namespace accessd::store
