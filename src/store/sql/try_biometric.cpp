#include "biometrics/face_lock.h"
#include "store/sql/face_rows.h"
#include "store/sql/failure_rows.h"
#include "store/sql/login_rows.h"
#include "store/sql/seen_picture_rows.h"
#include "store/sql/sql_biometric_store.h"
#include "store/sql/user_rows.h"
#include "store/sql/validation_rows.h"

#include <algorithm>
#include <chrono>

namespace accessd::store {
namespace {

using access::LoginStatus;
using access::ValidationStatus;
using biometrics::BiometricValidation;
using biometrics::ChargeTry;
using biometrics::FailPart;
using biometrics::Mismatch;
using biometrics::Part;
using biometrics::PassedPart;
using biometrics::PassPart;
using events::EventType;

// The condition and the spending are one statement: no other request fits between.
constexpr auto kCharge = R"(
    UPDATE validations SET attempts_remaining = attempts_remaining - 1
     WHERE id = ?2 AND project_id = ?1 AND channel = 'biometric' AND recipient = ?3
       AND status = 'pending' AND attempts_remaining > 0 AND expires_at > ?4
       AND EXISTS (SELECT 1 FROM logins l
                    WHERE l.id = login_id AND l.expires_at > ?4
                      AND (l.status = 'pending'
                           OR EXISTS (SELECT 1 FROM biometric_validations b
                                       WHERE b.validation_id = ?2 AND b.advances_login = 0))))";
constexpr auto kGiveBack =
    "UPDATE validations SET attempts_remaining = attempts_remaining + 1 WHERE id = ?1";
constexpr auto kFaceDone =
    "UPDATE biometric_validations SET face_done_at = ?2 WHERE validation_id = ?1";
constexpr auto kLivenessDone = R"(
    UPDATE biometric_validations SET liveness_done_at = ?2, assurance = ?3
     WHERE validation_id = ?1)";
constexpr auto kChallenge = R"(
    UPDATE biometric_validations SET challenge = ?2, challenged_at = ?3 WHERE validation_id = ?1)";
constexpr auto kFacesUsed = R"(
    UPDATE faces SET used_at = ?3 WHERE project_id = ?1 AND user_id = ?2 AND status = 'active')";

/// Longer than any request takes: what was seen before that, its caller knows already.
constexpr auto kSeenLately = std::chrono::minutes{5};

/// Why a try can't be made or counted.
Error explain(Connection& connection, const std::string& project_id, const std::string& id,
              const std::string& recipient, TimePoint now)
{
    const auto found = find_biometric(connection, id);
    if (!found || found->validation.project_id != project_id ||
        (!recipient.empty() && found->validation.recipient != recipient)) {
        return ErrorCode::ValidationNotFound;
    }
    switch (found->validation.status_at(now)) {
    case ValidationStatus::Validated: return ErrorCode::AlreadyValidated;
    case ValidationStatus::Canceled: return ErrorCode::ValidationCanceled;
    case ValidationStatus::Expired: return ErrorCode::ValidationExpired;
    case ValidationStatus::Failed: return ErrorCode::AttemptsExhausted;
    case ValidationStatus::Pending: break;
    }
    if (found->validation.attempts_remaining == 0) return ErrorCode::AttemptsExhausted;
    const auto login = find_login(connection, found->validation.login_id);
    const bool is_complete = login && login->status == LoginStatus::Complete;
    return is_complete ? ErrorCode::LoginComplete : ErrorCode::ValidationExpired;
}

std::optional<biometrics::FaceRecord> find_face(Connection& connection, const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kFaceColumns + " FROM faces WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_face(row);
}

/// Returns security.locked where this failure is the one too many.
std::optional<events::Event> count_face_failure(Connection& connection, const Mismatch& mismatch,
                                                const std::string& user_id)
{
    auto lock = count_failure(connection, mismatch.identity, mismatch.client, mismatch.limits,
                              mismatch.now);
    // Another try that ran at the same time may have begun it.
    if (!lock || find_lock(connection, mismatch.identity)) return std::nullopt;
    lock->id = mismatch.lock_id;
    lock->user_id = user_id;
    insert_lock(connection, *lock);
    return event_of(*lock, EventType::SecurityLocked, mismatch.now, mismatch.test);
}

/// A part that was done, inside its transaction.
class Passing {
public:
    Passing(Connection& connection, EventWriter& events, const PassPart& request)
        : connection_(connection),
          events_(events),
          request_(request),
          change_{.now = request.now, .test = request.test}
    {
    }

    Result<PassedPart> run()
    {
        auto found = find_live();
        if (!found) return std::move(found).error();
        if (is_replay(*found)) return refuse_replay(*found);
        auto login = find_login(connection_, found->validation.login_id);
        if (!login) return Error{ErrorCode::Internal, "a validation without its login"};
        auto user = find_user(connection_, request_.project_id, found->validation.user_id);
        if (!user) return ErrorCode::ValidationNotFound;  // Erased meanwhile.
        if (!login->user_id.empty() && login->user_id != user->user_id) return mismatch(*found);

        mark_done(*found);
        if (found->is_done()) finish(*found, *login, *user);
        events_.write(connection_, change_.events);
        return PassedPart{std::move(*found), std::move(*login), std::move(user), frames_};
    }

private:
    /// It may have ended since its try was charged.
    Result<BiometricValidation> find_live()
    {
        auto found = find_biometric(connection_, request_.validation_id);
        const bool is_live = found && found->validation.project_id == request_.project_id &&
                             found->validation.status_at(request_.now) == ValidationStatus::Pending;
        if (!is_live) {
            return explain(connection_, request_.project_id, request_.validation_id, {},
                           request_.now);
        }
        const auto login = find_login(connection_, found->validation.login_id);
        if (login && login->status != LoginStatus::Pending && found->advances_login) {
            return ErrorCode::LoginComplete;
        }
        return std::move(*found);
    }

    bool is_replay(const BiometricValidation& found)
    {
        if (request_.part != Part::Liveness) return false;
        std::vector<std::string> digests;
        for (const auto& picture : request_.pictures) digests.push_back(picture.digest);
        for (const auto& seen : pictures_with(connection_, request_.project_id, digests)) {
            if (biometrics::refuses_liveness(seen, request_.validation_id)) return true;
        }
        return request_.is_replay && request_.is_replay(pictures_of_person(
                                         connection_, request_.project_id, found.validation.user_id,
                                         request_.now - kSeenLately));
    }

    Error refuse_replay(const BiometricValidation& found)
    {
        events_.write(connection_, {event_of(found.validation, EventType::SecurityImageReplayed,
                                             request_.now, request_.test)});
        connection_.keep();
        return ErrorCode::ImageReplayed;
    }

    Error mismatch(const BiometricValidation& found)
    {
        end_validation(connection_, found.validation.id, ValidationStatus::Failed, request_.now);
        auto failed = event(found, EventType::ValidationFailed);
        failed.reason = "user_mismatch";
        events_.write(connection_, {failed});
        connection_.keep();
        return ErrorCode::LoginUserMismatch;
    }

    void mark_done(BiometricValidation& found)
    {
        connection_.run(kGiveBack, {found.validation.id});
        ++found.validation.attempts_remaining;
        remember_pictures(connection_, request_.project_id, found.validation.user_id,
                          request_.pictures);
        if (request_.part == Part::Face) {
            found.face_done_at = request_.now;
            connection_.run(kFaceDone, {found.validation.id, request_.now});
            change_.events.push_back(event(found, EventType::FaceMatched));
            return;
        }
        const bool is_first = !found.liveness_done_at;
        if (request_.frames && is_first && found.takes_frames) {
            frames_ =
                join_frames(connection_, request_.project_id, found.face_id, *request_.frames);
        }
        found.liveness_done_at = request_.now;
        found.assurance = request_.assurance.value_or(projects::Assurance::Low);
        connection_.run(kLivenessDone,
                        {found.validation.id, request_.now, projects::to_text(*found.assurance)});
        change_.events.push_back(event(found, EventType::LivenessPassed));
    }

    void finish(BiometricValidation& found, access::Login& login, const users::User& user)
    {
        end_validation(connection_, found.validation.id, ValidationStatus::Validated, request_.now);
        found.validation.status = ValidationStatus::Validated;
        found.validation.ended_at = request_.now;
        if (!found.face_id.empty()) {
            if (const auto face = find_face(connection_, found.face_id)) {
                activate_face(connection_, *face, found.replaces, request_.faces_max, change_);
            }
        }
        connection_.run(kFacesUsed, {request_.project_id, user.user_id, request_.now});
        change_.events.push_back(event(found, EventType::ValidationValidated));
        if (found.advances_login) advance(found, login, user);
        forget_failures(connection_, biometrics::face_identity(user.project_id, user.user_id),
                        request_.client);
        unlock_others(connection_, events_, user, projects::Method::Biometric, request_.now,
                      request_.test);
    }

    void advance(const BiometricValidation& found, access::Login& login, const users::User& user)
    {
        advance_login(connection_, login, user.user_id, projects::Method::Biometric,
                      request_.policy, request_.login_code, request_.now);
        if (login.status != LoginStatus::Complete) return;
        auto completed = event(found, EventType::LoginCompleted);
        completed.validation_id.clear();
        completed.channel.clear();
        completed.destination.clear();
        change_.events.push_back(std::move(completed));
        const bool is_refreshed =
            request_.refresh && refresh_face(connection_, request_.project_id, user.user_id,
                                             *request_.refresh, request_.now);
        if (is_refreshed) change_.events.push_back(event(found, EventType::FaceRefreshed));
    }

    events::Event event(const BiometricValidation& found, EventType type) const
    {
        return event_of(found.validation, type, request_.now, request_.test);
    }

    Connection& connection_;
    EventWriter& events_;
    const PassPart& request_;
    FaceChange change_;
    int frames_ = 0;
};

/// A try that failed, inside its transaction.
class Failing {
public:
    Failing(Connection& connection, EventWriter& events, const FailPart& request)
        : connection_(connection),
          events_(events),
          request_(request),
          change_{.now = request.now, .test = request.test}
    {
    }

    Result<BiometricValidation> run()
    {
        auto found = find_biometric(connection_, request_.validation_id);
        if (!found || found->validation.project_id != request_.project_id) {
            return ErrorCode::ValidationNotFound;
        }
        const auto type =
            request_.part == Part::Face ? EventType::FaceNotMatched : EventType::LivenessFailed;
        change_.events.push_back(event(*found, type));
        change_.events.back().reason = request_.reason;
        remember_pictures(connection_, request_.project_id, found->validation.user_id,
                          request_.pictures);
        if (!request_.challenge.empty()) renew_challenge(*found);
        const bool is_last = found->validation.status == ValidationStatus::Pending &&
                             found->validation.attempts_remaining == 0;
        if (is_last) end(*found);
        count(*found);
        events_.write(connection_, change_.events);
        return std::move(*found);
    }

private:
    void renew_challenge(BiometricValidation& found)
    {
        found.challenge = request_.challenge;
        found.challenged_at = request_.now;
        connection_.run(kChallenge, {found.validation.id, found.challenge, found.challenged_at});
    }

    void end(BiometricValidation& found)
    {
        end_validation(connection_, found.validation.id, ValidationStatus::Failed, request_.now);
        found.validation.status = ValidationStatus::Failed;
        found.validation.ended_at = request_.now;
        change_.events.push_back(event(found, EventType::ValidationFailed));
        change_.events.back().reason = "attempts_exhausted";
        if (found.face_id.empty()) return;
        const auto face = find_face(connection_, found.face_id);
        if (face && face->status == biometrics::FaceStatus::Provisional) {
            destroy_face(connection_, *face, {}, change_);
        }
    }

    void count(const BiometricValidation& found)
    {
        const auto locked = count_face_failure(
            connection_,
            {.identity = biometrics::face_identity(request_.project_id, found.validation.recipient),
             .client = request_.client,
             .limits = request_.failure_limits,
             .lock_id = request_.lock_id,
             .test = request_.test,
             .now = request_.now},
            found.validation.user_id);
        if (locked) change_.events.push_back(*locked);
    }

    events::Event event(const BiometricValidation& found, EventType type) const
    {
        return event_of(found.validation, type, request_.now, request_.test);
    }

    Connection& connection_;
    EventWriter& events_;
    const FailPart& request_;
    FaceChange change_;
};

std::optional<Error> refusal_of_try(Connection& connection, const access::Identity& identity,
                                    const std::string& client, const access::FailureLimits& limits,
                                    TimePoint now)
{
    auto check = check_try(connection, identity, client, limits, now);
    const bool is_locked = check.refusal && check.refusal->code == ErrorCode::Locked;
    if (is_locked) return biometrics::face_locked_refusal();
    return std::move(check.refusal);
}

Result<BiometricValidation> charge_try(Connection& connection, const ChargeTry& request)
{
    if (auto refusal = refusal_of_try(
            connection, biometrics::face_identity(request.project_id, request.recipient),
            request.client, request.failure_limits, request.now)) {
        return *std::move(refusal);
    }
    const int spent = connection.run(
        kCharge, {request.project_id, request.validation_id, request.recipient, request.now});
    if (spent == 1) {
        if (auto found = find_biometric(connection, request.validation_id)) {
            return std::move(*found);
        }
    }
    return explain(connection, request.project_id, request.validation_id, request.recipient,
                   request.now);
}

}  // namespace

Result<void> SqlBiometricStore::check_tries(const access::Identity& identity,
                                            const std::string& client,
                                            const access::FailureLimits& limits, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<void> {
        auto refusal = refusal_of_try(connection, identity, client, limits, now);
        if (refusal) return *std::move(refusal);
        return {};
    });
}

Result<void> SqlBiometricStore::count_mismatch(const Mismatch& mismatch)
{
    const auto claims = claim_contact(mismatch.identity.project_id, mismatch.identity.contact);
    return database_.write(claims, [&](Connection& connection) -> Result<void> {
        const auto& user_id = mismatch.identity.contact;
        events::Event event;
        event.project_id = mismatch.identity.project_id;
        event.type = EventType::FaceNotMatched;
        event.at = mismatch.now;
        event.user_id = user_id;
        event.channel = contacts::to_text(contacts::Channel::Biometric);
        event.reason = "enrolment";
        event.test = mismatch.test;
        std::vector<events::Event> written{std::move(event)};
        if (auto locked = count_face_failure(connection, mismatch, user_id)) {
            written.push_back(*std::move(locked));
        }
        events_.write(connection, written);
        return {};
    });
}

Result<void> SqlBiometricStore::renew_challenge(const BiometricValidation& validation)
{
    return database_.write(Claims::nothing(), [&](Connection& connection) -> Result<void> {
        connection.run(kChallenge,
                       {validation.validation.id, validation.challenge, validation.challenged_at});
        return {};
    });
}

Result<BiometricValidation> SqlBiometricStore::charge(const ChargeTry& request)
{
    // Passing and failing claim everything: they decide on the login and on pictures of the whole project.
    const auto claims = claim_contact(request.project_id, request.recipient);
    return database_.write(claims,
                           [&](Connection& connection) { return charge_try(connection, request); });
}

Result<PassedPart> SqlBiometricStore::pass(const PassPart& request)
{
    return database_.write([&](Connection& connection) {
        return Passing{connection, events_, request}.run();
    });
}

Result<BiometricValidation> SqlBiometricStore::fail(const FailPart& request)
{
    return database_.write([&](Connection& connection) {
        return Failing{connection, events_, request}.run();
    });
}

}  // namespace accessd::store
