#include "biometrics/face_login.h"

#include "access/flow.h"
#include "access/link_token.h"
#include "access/redirect.h"
#include "base/id.h"
#include "biometrics/challenge_words.h"
#include "biometrics/face_lock.h"
#include "biometrics/face_trial.h"
#include "face/challenge.h"
#include "limits/client_network.h"

#include <algorithm>
#include <utility>

namespace accessd::biometrics {
namespace {

using access::ValidationStatus;
using face::Purpose;
using projects::Assurance;

/// A challenge older than that is replaced when it is asked for: nobody could perform it in time.
constexpr auto kChallengeFresh = std::chrono::seconds{30};

Result<void> check_pending(const BiometricValidation& found, TimePoint now)
{
    switch (found.validation.status_at(now)) {
    case ValidationStatus::Validated: return ErrorCode::AlreadyValidated;
    case ValidationStatus::Canceled: return ErrorCode::ValidationCanceled;
    case ValidationStatus::Expired: return ErrorCode::ValidationExpired;
    case ValidationStatus::Failed: return ErrorCode::AttemptsExhausted;
    case ValidationStatus::Pending: break;
    }
    if (found.validation.attempts_remaining == 0) return ErrorCode::AttemptsExhausted;
    return {};
}

/// A decoy's calls are counted with those that began it.
std::string named_in(const access::Validation& validation)
{
    return validation.decoy ? validation.recipient.substr(1) : validation.recipient;
}

bool is_allowed(const projects::Flow& flow, const std::string& redirect_url)
{
    const auto& list = flow.redirect_urls;
    return std::find(list.begin(), list.end(), redirect_url) != list.end();
}

}  // namespace

FaceLogin::FaceLogin(Parts parts) : parts_(std::move(parts)) {}

/// The validation that the caller may go on with, its call counted.
Result<FaceLogin::Trial> FaceLogin::open(const FaceTry& request, const ProjectScope& scope)
{
    if (!looks_like_id(request.validation_id, "val_")) return ErrorCode::ValidationNotFound;
    ACCESSD_TRY(auto found, parts_.store.find(request.validation_id, scope));
    if (!found) return ErrorCode::ValidationNotFound;
    Trial trial;
    trial.found = std::move(*found);
    const auto& validation = trial.validation();
    if (request.own && (request.own->validation_id != validation.id ||
                        request.own->user_id != validation.user_id)) {
        return ErrorCode::ValidationNotFound;
    }
    if (request.browser) {
        if (validation.login_id != request.browser->login_id) return ErrorCode::ValidationNotFound;
        ACCESSD_TRY(trial.browser_login,
                    parts_.validations.find_login(request.browser->login_id, scope));
        if (!trial.browser_login) return ErrorCode::ValidationNotFound;
        const auto& own_user = trial.browser_login->user_id;
        if (request.user_id && *request.user_id != own_user) return ErrorCode::InsufficientScope;
    } else if (request.user_id && *request.user_id != validation.user_id) {
        return ErrorCode::ValidationNotFound;
    }
    const auto now = parts_.clock.now();
    ACCESSD_TRY(trial.chosen, flow_of(validation, parts_.projects));
    ACCESSD_TRY(trial.limit, parts_.store.count_call(
                                 {validation.project_id, validation.user_id,
                                  face_calls_key(validation.project_id, named_in(validation)),
                                  trial.chosen.project().is_test(), now}));
    ACCESSD_CHECK(check_pending(trial.found, now));
    if (trial.browser_login && !is_allowed(*trial.chosen.flow, trial.browser_login->redirect_url)) {
        return ErrorCode::RedirectNotAllowed;
    }
    trial.client = limits::client_network(request.client_ip.empty() ? validation.client_ip
                                                                    : request.client_ip);
    ACCESSD_CHECK(parts_.store.check_tries(
        face_identity(validation.project_id, validation.recipient), trial.client,
        {parts_.limit_settings.face_failures_before_wait,
         parts_.limit_settings.face_failures_before_lock},
        now));
    ACCESSD_CHECK(load_known(trial));
    return trial;
}

/// What the person is compared with: what this validation enrols, or what they enrolled before.
Result<void> FaceLogin::load_known(Trial& trial) const
{
    const auto& validation = trial.validation();
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    ACCESSD_TRY(const auto sealed_digest_key,
                parts_.faces.digest_key(validation.project_id,
                                        parts_.vault.make_digest_key(validation.project_id)));
    ACCESSD_TRY(auto digest_key,
                parts_.vault.open_digest_key(sealed_digest_key, validation.project_id));
    if (!validation.decoy) {
        ACCESSD_TRY(auto person,
                    parts_.store.find_person(validation.project_id, validation.user_id));
        if (!trial.found.face_id.empty()) {
            if (!trial.found.replaces) trial.earlier = person.faces;
            ACCESSD_TRY(auto face,
                        parts_.store.find_face(validation.project_id, trial.found.face_id));
            person.faces.clear();
            if (face) person.faces.push_back(std::move(*face));
        }
        if (!person.key || person.faces.empty()) return ErrorCode::FaceNotRegistered;
        ACCESSD_TRY(trial.person_key, parts_.vault.open(*person.key));
        const auto refreshed =
            trial.chosen.flow->biometric.refresh_faces ? Refreshed::Used : Refreshed::Ignored;
        ACCESSD_TRY(trial.known, open_faces(person.faces, trial.person_key, parts_.vault,
                                            *comparison, refreshed));
        if (!trial.known.known) {
            return Error{ErrorCode::FaceNotRegistered}
                .with("reason", std::string{"model_changed"})
                .saying("This person enrolled with another model, and has to enrol again.");
        }
        ACCESSD_CHECK(check_rate(*comparison, trial.chosen.match_fmr(), trial.known.pictures()));
    } else {
        trial.person_key =
            Secret{parts_.random.bytes(32)};  // Nothing that is kept is sealed by it.
    }
    trial.pictures.emplace(parts_.vault, std::move(digest_key), trial.person_key, validation.id);
    return {};
}

Result<void> FaceLogin::refuse_replays(const Trial& trial)
{
    const auto& validation = trial.validation();
    const auto now = parts_.clock.now();
    ACCESSD_TRY(const auto seen,
                parts_.store.seen_pictures(validation.project_id, validation.user_id,
                                           trial.pictures->digests(), now));
    if (!trial.pictures->is_replay(seen)) return {};
    ACCESSD_CHECK(parts_.store.report_replay(validation, trial.chosen.project().is_test(), now));
    return ErrorCode::ImageReplayed;
}

Result<void> FaceLogin::charge(Trial& trial)
{
    const auto& validation = trial.validation();
    ACCESSD_TRY(trial.found, parts_.store.charge({validation.project_id,
                                                  validation.id,
                                                  validation.recipient,
                                                  trial.client,
                                                  {parts_.limit_settings.face_failures_before_wait,
                                                   parts_.limit_settings.face_failures_before_lock},
                                                  parts_.clock.now()}));
    return {};
}

Error FaceLogin::refuse(const Trial& trial, Part part, ErrorCode code, const std::string& reason,
                        bool remembers)
{
    const auto now = parts_.clock.now();
    FailPart fail;
    fail.project_id = trial.validation().project_id;
    fail.validation_id = trial.validation().id;
    fail.part = part;
    fail.reason = reason;
    if (remembers) {
        fail.pictures = trial.pictures->seen_as(SeenAs::Live, now);
        fail.challenge = face::to_text(face::random_challenge(parts_.random));
    }
    fail.client = trial.client;
    fail.failure_limits = {parts_.limit_settings.face_failures_before_wait,
                           parts_.limit_settings.face_failures_before_lock};
    fail.lock_id = make_id("lock_", now, parts_.random);
    fail.test = trial.chosen.project().is_test();
    fail.now = now;
    const auto failed = parts_.store.fail(fail);
    if (!failed) return failed.error();
    auto error =
        Error{code}.with("attempts_remaining", std::int64_t{failed->validation.attempts_remaining});
    if (code == ErrorCode::LivenessFailed) error.details.emplace_back("reason", reason);
    if (remembers && failed->validation.attempts_remaining > 0) {
        error.details.emplace_back("prompts", prompts_of(failed->challenge));
    }
    return error;
}

Result<DonePart> FaceLogin::pass(const Trial& trial, Part part, std::optional<Assurance> assurance)
{
    const auto now = parts_.clock.now();
    PassPart pass;
    pass.project_id = trial.validation().project_id;
    pass.validation_id = trial.validation().id;
    pass.part = part;
    pass.assurance = assurance;
    pass.pictures =
        trial.pictures->seen_as(part == Part::Face ? SeenAs::Matched : SeenAs::Live, now);
    pass.is_replay = [&](const auto& seen) { return trial.pictures->is_replay(seen); };
    pass.client = trial.client;
    pass.policy = trial.chosen.flow->policy;
    pass.refresh = trial.refresh;
    pass.frames = trial.frames;
    pass.faces_max = parts_.settings.faces_per_user_max;
    pass.test = trial.chosen.project().is_test();
    pass.now = now;
    // A browser never sees the token: it carries a code to the customer's site.
    const auto login_code = access::make_link_token(parts_.random);
    if (trial.browser_login) {
        pass.login_code = access::LoginCode{login_code.digest,
                                            {},
                                            {},
                                            trial.browser_login->redirect_url,
                                            trial.browser_login->code_challenge,
                                            now + access::kLoginCodeLife};
    }
    ACCESSD_TRY(auto passed, parts_.store.pass(pass));

    DonePart done;
    done.validation = std::move(passed.validation);
    done.login = std::move(passed.login);
    done.user = std::move(passed.user);
    done.frames_enrolled = passed.frames_enrolled;
    done.remaining = access::remaining_methods(pass.policy, done.login.methods_done);
    done.compared = trial.compared;
    done.match_fmr = trial.chosen.match_fmr();
    done.limit = trial.limit;
    done.score = trial.score;
    done.threshold = trial.threshold;
    const bool has_completed = done.validation.validation.status == ValidationStatus::Validated &&
                               done.validation.advances_login &&
                               done.login.status == access::LoginStatus::Complete;
    if (!has_completed || !done.user) return done;
    if (trial.browser_login) {
        done.redirect_url = access::redirect_with_code(
            trial.browser_login->redirect_url, login_code.token, trial.browser_login->state);
    } else {
        done.token = parts_.login_tokens.issue(
            {done.login.id, done.login.project_id, done.user->user_id, now,
             access::amr_of(done.login.methods_done), done.user->claims, pass.test});
    }
    return done;
}

Result<DonePart> FaceLogin::verify_face(const FaceTry& request, const std::string& picture,
                                        const ProjectScope& scope)
{
    ACCESSD_TRY(auto trial, open(request, scope));
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    ACCESSD_TRY(const auto analysis, parts_.reader.read(picture, Purpose::Login));
    trial.pictures->add(picture, *analysis.fingerprint);
    ACCESSD_CHECK(charge(trial));
    trial.compared =
        trial.known.compare(*comparison, *analysis.embedding, trial.chosen.match_fmr());
    if (trial.compared.decision != face::Decision::Match) {
        return refuse(trial, Part::Face, ErrorCode::FaceNotMatched, "not_matched", false);
    }
    return pass(trial, Part::Face, std::nullopt);
}

Result<DonePart> FaceLogin::check_liveness(const FaceTry& request,
                                           const std::vector<std::string>& pictures,
                                           bool are_frames, const ProjectScope& scope)
{
    ACCESSD_TRY(auto trial, open(request, scope));
    if (are_frames) return check_frames(trial, pictures);
    // More than one picture can show is asked for at once, before anything is spent.
    const auto wanted = trial.min_assurance();
    const auto reachable = parts_.reader.has_passive() ? Assurance::Passive : Assurance::Low;
    if (wanted > reachable) {
        auto challenged = trial.found;
        const auto now = parts_.clock.now();
        if (challenged.challenged_at + kChallengeFresh <= now) {
            challenged.challenge = face::to_text(face::random_challenge(parts_.random));
            challenged.challenged_at = now;
            ACCESSD_CHECK(parts_.store.renew_challenge(challenged));
        }
        return challenge_required(challenged);
    }
    return check_picture(trial, pictures.front());
}

Error FaceLogin::challenge_required(const BiometricValidation& validation) const
{
    return Error{ErrorCode::ChallengeRequired}
        .with("reason", std::string{"active_liveness"})
        .with("prompts", prompts_of(validation.challenge))
        .with("expires_at", to_rfc3339(challenge_end(validation)))
        .saying(
            "One picture can't show what this flow asks for. Send the frames of the challenge.");
}

Result<DonePart> FaceLogin::check_picture(Trial& trial, const std::string& picture)
{
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    ACCESSD_TRY(const auto analysis, parts_.reader.read(picture, Purpose::Login, true));
    trial.pictures->add(picture, *analysis.fingerprint);
    ACCESSD_CHECK(refuse_replays(trial));
    ACCESSD_CHECK(charge(trial));
    // Liveness of somebody else proves nothing.
    trial.compared =
        trial.known.compare(*comparison, *analysis.embedding, trial.chosen.match_fmr());
    if (trial.compared.decision != face::Decision::Match) {
        return refuse(trial, Part::Liveness, ErrorCode::FaceNotMatched, "not_matched", false);
    }
    auto assurance = Assurance::Low;
    if (analysis.passive) {
        trial.score = analysis.passive->score;
        trial.threshold = analysis.passive->threshold;
        if (!analysis.passive->is_live()) {
            return refuse(trial, Part::Liveness, ErrorCode::LivenessFailed, "spoof_suspected",
                          true);
        }
        assurance = Assurance::Passive;
    }
    // Workers may have lost the model since it was asked for.
    if (assurance < trial.min_assurance()) return challenge_required(trial.found);
    return pass(trial, Part::Liveness, assurance);
}

}  // namespace accessd::biometrics
