#include "base/id.h"
#include "biometrics/face_login.h"
#include "face/challenge.h"

namespace accessd::biometrics {
namespace {

/// A login that isn't finished by then starts over. Source: api.md, section 7.
constexpr auto kLoginLife = std::chrono::minutes{15};
/// Stands before what was named where nobody is behind it. No user's id has it.
constexpr auto kDecoyMark = "?";

/// How the caller named the person.
std::string named_in(const StartRequest& request)
{
    if (!request.user_id.empty()) return request.user_id;
    return request.email.empty() ? request.phone : request.email;
}

}  // namespace

/// Id of the user whom the request names; empty: nobody.
Result<std::string> FaceLogin::find_user(const StartRequest& request) const
{
    users::UserFilter filter;
    if (!request.user_id.empty()) {
        filter.user_id = request.user_id;
    } else if (!request.email.empty()) {
        filter.email = request.email;
    } else {
        filter.phone = request.phone;
    }
    ACCESSD_TRY(const auto found,
                parts_.users.list(request.where.project_id, filter, {.limit = 1, .after = {}}));
    return found.items.empty() ? std::string{} : found.items.front().user_id;
}

Result<StartedFace> FaceLogin::start(const StartRequest& asked, const ProjectScope& scope)
{
    auto request = asked;
    ACCESSD_TRY(const auto chosen,
                choose_flow(request.where, scope, parts_.projects, parts_.validations));
    const bool is_browser = request.where.browser.has_value();
    const auto own_user = is_browser && chosen.login ? chosen.login->user_id : std::string{};
    if (named_in(request).empty()) request.user_id = own_user;
    if (named_in(request).empty()) {
        return Error::invalid("user_id", "or email or phone is required");
    }
    ACCESSD_TRY(auto user_id, find_user(request));
    const auto& project_id = request.where.project_id;
    const auto now = parts_.clock.now();
    StartedFace started;
    ACCESSD_TRY(started.limit,
                parts_.store.count_call(
                    {project_id, user_id,
                     face_calls_key(project_id, user_id.empty() ? named_in(request) : user_id),
                     chosen.project().is_test(), now}));
    ACCESSD_CHECK(parts_.reader.comparison());
    Person person;
    if (!user_id.empty()) {
        ACCESSD_TRY(person, parts_.store.find_person(project_id, user_id));
    }
    const bool is_others = is_browser && !own_user.empty() && user_id != own_user;
    const bool is_decoy = user_id.empty() || person.faces.empty() || is_others;
    if (is_decoy && !is_browser) {
        return user_id.empty() ? ErrorCode::UserNotFound : ErrorCode::FaceNotRegistered;
    }

    const auto& method = chosen.flow->biometric;
    BeginValidation begin;
    begin.now = now;
    begin.test = chosen.project().is_test();
    begin.continue_login_id = request.where.login_id;
    begin.hides_mismatch = is_browser;
    auto& login = begin.login;
    login.id = make_id("login_", now, parts_.random);
    login.project_id = project_id;
    login.flow_id = chosen.flow->id;
    login.opened_by = request.opened_by;
    login.opened_for = user_id;
    login.created_at = now;
    login.expires_at = now + kLoginLife;

    auto& begun = begin.begun;
    begun.needs_liveness = method.liveness_required;
    begun.challenge = face::to_text(face::random_challenge(parts_.random));
    begun.challenged_at = now;
    auto& validation = begun.validation;
    validation.id = make_id("val_", now, parts_.random);
    validation.project_id = project_id;
    validation.flow_id = chosen.flow->id;
    validation.login_id = login.id;
    validation.channel = contacts::Channel::Biometric;
    validation.decoy = is_decoy;
    validation.recipient = is_decoy ? kDecoyMark + named_in(request) : user_id;
    if (!is_decoy) validation.user_id = user_id;
    validation.max_attempts = validation.attempts_remaining = method.max_attempts;
    validation.language = chosen.project().default_language;
    validation.client_ip = request.where.client_ip;
    validation.user_agent = request.where.user_agent;
    validation.metadata = request.where.metadata;
    validation.created_at = now;
    validation.expires_at = now + method.validation_ttl;

    ACCESSD_TRY(started.validation, parts_.store.begin(begin));
    const auto& opened = started.validation.validation;
    if (is_browser) return started;
    started.token =
        parts_.validation_tokens.issue({project_id, opened.user_id, opened.id}, opened.expires_at);
    return started;
}

}  // namespace accessd::biometrics
