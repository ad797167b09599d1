#include "biometrics/biometric_handlers.h"

#include "access/login_json.h"
#include "base/log.h"
#include "biometrics/caller_field_handlers.h"
#include "biometrics/challenge_words.h"
#include "biometrics/face_json.h"
#include "biometrics/picture_field_handlers.h"
#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "face/challenge.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace accessd::biometrics {
namespace {

constexpr std::size_t kEmailBytesMax = 8 * 1024;  // As JSON; EmailAddress takes far less.

bool is_business(const http::Request& request)
{
    return !request.authenticated().browser && !request.authenticated().validation;
}

void log_part(const char* what, const http::Request& request, const access::Validation& validation)
{
    log::info(what, {{"request_id", request.id},
                     {"project_id", validation.project_id},
                     {"validation_id", validation.id}});
}

/// Both forms in which pictures to enrol come. Exactly one must be there.
std::optional<std::vector<std::string>> read_enrolled(http::Fields& body)
{
    const bool has_one = body.has("face_image");
    const bool has_several = body.has("face_images");
    if (has_one == has_several) {
        body.refuse("face_image", "or face_images is required, and only one of them");
        return std::nullopt;
    }
    if (has_several) return read_pictures(body, "face_images", true, 2, face::kTemplatePictures);
    const auto picture = read_picture(body, "face_image", true);
    if (!picture) return std::nullopt;
    return std::vector{*picture};
}

/// Whether frames of the validation's challenge are to join the pictures: there must be one, and room beside them.
bool read_takes_frames(http::Fields& body, const EnrolRequest& enrol,
                       const std::optional<std::vector<std::string>>& pictures)
{
    const bool takes_frames = body.boolean("enrol_frames").value_or(false);
    if (takes_frames && enrol.activate) {
        body.refuse("enrol_frames", "needs a validation: it can't go with activate");
    }
    if (takes_frames && pictures && pictures->size() >= face::kTemplatePictures) {
        body.refuse("enrol_frames", "finds no room beside " +
                                        std::to_string(face::kTemplatePictures) + " pictures");
    }
    return takes_frames;
}

/// What only those may ask for who may change users.
Result<void> check_manage(const http::Request& request, const EnrolRequest& enrol)
{
    if (!enrol.replace && !enrol.activate) return {};
    if (request.authenticated().may(Scope::Manage)) return {};
    return Error{ErrorCode::InsufficientScope}.saying(
        "Replacing a face and enrolling without a validation need a token with the scope manage.");
}

nlohmann::json enrolled_json(const EnrolledFace& enrolled)
{
    auto quality = nlohmann::json::array();
    for (const auto& measures : enrolled.quality) quality.push_back(quality_json(measures));
    nlohmann::json data{{"face_id", enrolled.face.id},
                        {"user_id", enrolled.face.user_id},
                        {"consent_id", enrolled.face.consent_id.empty()
                                           ? nlohmann::json(nullptr)
                                           : nlohmann::json(enrolled.face.consent_id)},
                        {"pictures", enrolled.face.pictures},
                        {"quality", std::move(quality)}};
    data["expected_false_non_match_rate"] = enrolled.expected_false_non_match
                                                ? nlohmann::json(*enrolled.expected_false_non_match)
                                                : nlohmann::json(nullptr);
    return data;
}

void add_validation(nlohmann::json& data, const BiometricValidation& validation)
{
    data["validation_id"] = validation.validation.id;
    data["login_id"] = validation.validation.login_id;
    data["status"] = "pending";
    data["expires_at"] = to_rfc3339(validation.validation.expires_at);
    data["attempts_remaining"] = validation.validation.attempts_remaining;
    data["remaining"] = remaining_json(validation);
    data["challenge"] = challenge_json(validation);
}

FaceTry read_try(const http::Request& request, http::Fields& body)
{
    FaceTry attempt;
    attempt.validation_id =
        body.string("validation_id", {.required = true, .min = 1, .max = 64}).value_or("");
    attempt.client_ip = read_client_ip(request, body);
    attempt.browser = request.authenticated().browser;
    attempt.own = request.authenticated().validation;
    return attempt;
}

/// What a part that was done has in common with the other. Persons are told no score.
nlohmann::json done_json(const http::Request& request, const DonePart& done)
{
    const auto& validation = done.validation.validation;
    nlohmann::json data{{"validation_id", validation.id},
                        {"status", access::to_text(validation.status)},
                        {"remaining", remaining_json(done.validation)}};
    if (validation.status != access::ValidationStatus::Validated) return data;
    data["login"] = access::login_json(done.login, done.remaining);
    if (request.authenticated().browser) {
        if (!done.redirect_url.empty()) data["redirect_url"] = done.redirect_url;
        return data;
    }
    if (is_business(request) && done.user) data["user"] = access::user_json(*done.user);
    if (done.token) access::add_token(data, *done.token);
    return data;
}

const char* message_of(const DonePart& done, const char* otherwise)
{
    if (done.token || !done.redirect_url.empty()) return "Login complete";
    const bool is_over = done.validation.validation.status == access::ValidationStatus::Validated;
    return is_over ? "Validated" : otherwise;
}

}  // namespace

BiometricHandlers::BiometricHandlers(Enrolment& enrolment, FaceLogin& login, Clock& clock)
    : enrolment_(enrolment), login_(login), clock_(clock)
{
}

/// POST /v2/access/biometric/register-face
///     {"user_id": "42", "project_id": "prj_...", "face_image": "/9j/4AAQ..."}
Result<http::Response> BiometricHandlers::register_face(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto& browser = request.authenticated().browser;
    EnrolRequest enrol;
    enrol.where = read_where(request, body);
    enrol.user_id = read_user_id(body, !browser).value_or("");
    const auto texts = read_enrolled(body);
    enrol.consent = read_consent(body, clock_.now());
    enrol.replace = body.boolean("replace").value_or(false);
    enrol.activate = body.boolean("activate").value_or(false);
    enrol.takes_frames = read_takes_frames(body, enrol, texts);
    ACCESSD_CHECK(body.check());
    ACCESSD_CHECK(check_own_login(request, enrol.where));
    ACCESSD_CHECK(check_manage(request, enrol));
    if (browser) {
        enrol.where.project_id = browser->project_id;
        enrol.where.flow_id = browser->flow_id;
        enrol.where.login_id = browser->login_id;
        if (enrol.consent) enrol.consent->client_ip = request.peer;
    }
    ACCESSD_TRY(enrol.pictures, pictures_of(*texts));
    enrol.opened_by = request.authenticated().subject;
    enrol.audit = events::audit_of(request, "face.enrolled");

    ACCESSD_TRY(const auto enrolled, enrolment_.enrol(enrol, request.scope()));
    auto data = enrolled_json(enrolled);
    if (browser) data.erase("quality");
    if (!enrolled.validation) {
        data["status"] = to_text(FaceStatus::Active);
        log::info("face enrolled at once", {{"request_id", request.id},
                                            {"project_id", enrolled.face.project_id},
                                            {"face_id", enrolled.face.id}});
        return with_limit(http::success(data, "Face enrolled", 201), request, enrolled.limit);
    }
    add_validation(data, *enrolled.validation);
    if (enrolled.token) access::add_token(data, *enrolled.token);
    log_part("face to be enrolled", request, enrolled.validation->validation);
    return with_limit(http::success(data, "Face taken: now show it", 201), request, enrolled.limit);
}

/// POST /v2/access/biometric/start   {"user_id": "42", "project_id": "prj_..."}
Result<http::Response> BiometricHandlers::start(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto& browser = request.authenticated().browser;
    StartRequest start;
    start.where = read_where(request, body);
    start.user_id = read_user_id(body, false).value_or("");
    const auto email = body.json("email", false, kEmailBytesMax, false);
    if (email && !email->is_string()) body.refuse("email", "must be a string");
    start.phone = body.string("phone", {.min = 1, .max = 32}).value_or("");
    const int named =
        (start.user_id.empty() ? 0 : 1) + (email ? 1 : 0) + (start.phone.empty() ? 0 : 1);
    if (named > 1 || (named == 0 && !browser)) {
        body.refuse("user_id", "or email or phone is required, and only one of them");
    }
    ACCESSD_CHECK(body.check());
    ACCESSD_CHECK(check_own_login(request, start.where));
    if (email) {
        ACCESSD_TRY(const auto address, contacts::EmailAddress::parse(email->get<std::string>()));
        start.email = address.text();
    }
    if (browser) {
        start.where.project_id = browser->project_id;
        start.where.flow_id = browser->flow_id;
        start.where.login_id = browser->login_id;
    }
    start.opened_by = request.authenticated().subject;

    ACCESSD_TRY(const auto started, login_.start(start, request.scope()));
    nlohmann::json data;
    add_validation(data, started.validation);
    if (!browser) data["user_id"] = started.validation.validation.user_id;
    if (started.token) access::add_token(data, *started.token);
    log_part("face asked for", request, started.validation.validation);
    return with_limit(http::success(data, "Show your face", 201), request, started.limit);
}

/// POST /v2/access/biometric/verify-face
///     {"user_id": "42", "face_image": "/9j/4AAQ...", "validation_id": "val_..."}
Result<http::Response> BiometricHandlers::verify_face(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    auto attempt = read_try(request, body);
    attempt.user_id = read_user_id(body, is_business(request));
    const auto text = read_picture(body, "face_image", true);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto picture, picture_of(*text));

    ACCESSD_TRY(const auto done, login_.verify_face(attempt, picture, request.scope()));
    log_part("face matched", request, done.validation.validation);
    auto data = done_json(request, done);
    data["matched"] = true;
    if (is_business(request)) {
        data["score"] = done.compared.score;
        data["threshold"] = done.compared.threshold;
        data["match_fmr"] = done.match_fmr;
    }
    return with_limit(http::success(data, message_of(done, "Face matched")), request, done.limit);
}

/// POST /v2/access/biometric/liveness-check
///     {"face_image": "/9j/4AAQ...", "validation_id": "val_..."}
///     {"frames": ["/9j/4AAQ...", ...], "validation_id": "val_..."}
Result<http::Response> BiometricHandlers::check_liveness(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto attempt = read_try(request, body);
    const bool are_frames = body.has("frames");
    std::optional<std::vector<std::string>> texts;
    if (are_frames == body.has("face_image")) {
        body.refuse("face_image", "or frames is required, and only one of them");
    } else if (are_frames) {
        texts = read_pictures(body, "frames", true, face::kChallengeFramesMin,
                              face::kChallengeFramesMax);
    } else if (auto picture = read_picture(body, "face_image", true)) {
        texts = std::vector{*std::move(picture)};
    }
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto pictures, pictures_of(*texts));

    ACCESSD_TRY(const auto done,
                login_.check_liveness(attempt, pictures, are_frames, request.scope()));
    log_part("liveness shown", request, done.validation.validation);
    auto data = done_json(request, done);
    data["live"] = true;
    data["assurance"] =
        projects::to_text(done.validation.assurance.value_or(projects::Assurance::Low));
    if (done.validation.takes_frames) data["frames_enrolled"] = done.frames_enrolled;
    if (is_business(request)) {
        data["score"] = done.score ? nlohmann::json(*done.score) : nlohmann::json(nullptr);
        data["threshold"] =
            done.threshold ? nlohmann::json(*done.threshold) : nlohmann::json(nullptr);
    }
    return with_limit(http::success(data, message_of(done, "Liveness shown")), request, done.limit);
}

}  // namespace accessd::biometrics
