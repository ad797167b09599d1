#include "biometrics/face_lock.h"
#include "store/sql/face_rows.h"
#include "store/sql/failure_rows.h"
#include "store/sql/login_rows.h"
#include "store/sql/sql_biometric_store.h"
#include "store/sql/validation_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using access::Login;
using access::LoginStatus;
using biometrics::BeginValidation;
using biometrics::BiometricValidation;
using events::EventType;

constexpr auto kInsertValidation = R"(
    INSERT INTO validations (id, project_id, flow_id, login_id, channel, recipient, user_id, status,
                             decoy, otp_length, max_attempts, attempts_remaining, language,
                             client_ip, user_agent, metadata, created_at, expires_at,
                             pepper_version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending', ?8, 0, ?9, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 0))";
constexpr auto kInsertBiometric = R"(
    INSERT INTO biometric_validations (validation_id, face_id, replaces, advances_login,
                                       needs_liveness, challenge, challenged_at, takes_frames)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))";

/// One beginning, inside its transaction.
class Beginning {
public:
    Beginning(Connection& connection, EventWriter& events, const BeginValidation& request)
        : connection_(connection),
          events_(events),
          request_(request),
          begun_(request.begun),
          change_{.now = request.now, .test = request.test}
    {
    }

    Result<BiometricValidation> run()
    {
        auto& validation = begun_.validation;
        if (find_lock(connection_,
                      {validation.project_id, projects::Method::Biometric, validation.recipient})) {
            return biometrics::face_locked_refusal();
        }
        ACCESSD_TRY(const auto login, find_or_open_login());
        validation.login_id = login.id;
        validation.expires_at = std::min(validation.expires_at, login.expires_at);
        if (request_.enrols) ACCESSD_CHECK(put_face(connection_, *request_.enrols, change_));
        insert();
        change_.events.push_back(
            event_of(validation, EventType::ValidationCreated, request_.now, request_.test));
        events_.write(connection_, change_.events);
        return std::move(begun_);
    }

private:
    Result<Login> find_or_open_login()
    {
        if (!request_.continue_login_id) {
            insert_login(connection_, request_.login);
            return request_.login;
        }
        auto login = find_login(connection_, *request_.continue_login_id);
        if (!login || login->project_id != begun_.validation.project_id) {
            return ErrorCode::LoginNotFound;
        }
        ACCESSD_CHECK(check(*login));
        return std::move(*login);
    }

    Result<void> check(const Login& login)
    {
        const auto status = login.status_at(request_.now);
        const bool only_enrols = !begun_.advances_login && login.expires_at > request_.now;
        if (status == LoginStatus::Complete && !only_enrols) return ErrorCode::LoginComplete;
        if (status != LoginStatus::Pending && status != LoginStatus::Complete) {
            return ErrorCode::LoginNotFound;
        }
        const auto& user_id = begun_.validation.user_id;
        if (login.user_id.empty() || login.user_id == user_id) return {};
        if (!request_.hides_mismatch || request_.enrols) return ErrorCode::LoginUserMismatch;
        begun_.validation.decoy = true;
        begun_.validation.user_id.clear();
        return {};
    }

    void insert()
    {
        const auto& validation = begun_.validation;
        connection_.run(kInsertValidation,
                        {validation.id, validation.project_id, validation.flow_id,
                         validation.login_id, contacts::to_text(validation.channel),
                         validation.recipient, or_null(validation.user_id), validation.decoy,
                         validation.max_attempts, contacts::to_text(validation.language),
                         or_null(validation.client_ip), or_null(validation.user_agent),
                         or_null(validation.metadata), validation.created_at,
                         validation.expires_at});
        connection_.run(kInsertBiometric,
                        {validation.id, or_null(begun_.face_id), begun_.replaces,
                         begun_.advances_login, begun_.needs_liveness, begun_.challenge,
                         begun_.challenged_at, begun_.takes_frames});
    }

    Connection& connection_;
    EventWriter& events_;
    const BeginValidation& request_;
    BiometricValidation begun_;
    FaceChange change_;
};

}  // namespace

Result<BiometricValidation> SqlBiometricStore::begin(const BeginValidation& request)
{
    return database_.write([&](Connection& connection) {
        return Beginning{connection, events_, request}.run();
    });
}

}  // namespace accessd::store
