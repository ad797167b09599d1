#include "biometrics/enrolment.h"

#include "base/id.h"
#include "biometrics/face_lock.h"
#include "biometrics/known_faces.h"
#include "biometrics/replay_check.h"
#include "face/challenge.h"
#include "limits/client_network.h"
#include "users/directory.h"

#include <algorithm>
#include <utility>

namespace accessd::biometrics {
namespace {

using face::Purpose;
using projects::Method;

/// A login that isn't finished by then starts over. Source: api.md, section 7.
constexpr auto kLoginLife = std::chrono::minutes{15};
/// Of pictures that are enrolled together: they may differ more than a login may, as long as nobody mixes two people.
constexpr double kSamePersonFmr = 1e-2;
constexpr int kTries = 3;  // Two requests about one person's face meet seldom.

bool has_other_method(const access::Login& login)
{
    return std::any_of(login.methods_done.begin(), login.methods_done.end(),
                       [](Method method) { return method != Method::Biometric; });
}

/// After a login that is complete, where the flow suggests it, a face may be enrolled for the next one.
bool only_enrols(const ChosenFlow& chosen)
{
    return chosen.flow->suggest_face_enrolment && chosen.login &&
           chosen.login->status == access::LoginStatus::Complete;
}

}  // namespace

/// The person to enrol, and what their pictures show.
struct Enrolment::Subject {
    Person person;
    FaceKey key;
    Secret person_key;
    std::vector<face::Analysis> analyses;
    KnownFace known;
    std::string client;
};

Enrolment::Enrolment(Parts parts) : parts_(std::move(parts)) {}

/// A browser enrols nobody but the person whom another method of its login has proven.
Result<void> Enrolment::check_browser(const EnrolRequest& request, const ChosenFlow& chosen) const
{
    if (!request.where.browser) return {};
    const bool is_proven =
        chosen.login && !chosen.login->user_id.empty() && has_other_method(*chosen.login);
    if (is_proven && chosen.login->user_id == request.user_id) return {};
    return Error{ErrorCode::InsufficientScope}.saying(
        "A browser may enrol a face only after another way of the same login was validated, and only "
        "for that person.");
}

Result<void> Enrolment::check_person(const EnrolRequest& request, const ChosenFlow& chosen,
                                     const Person& person) const
{
    const auto* source = chosen.setup->source(chosen.flow->source_id);
    const bool is_open = source != nullptr && source->kind == users::SourceKind::Open;
    if (!person.is_user && !is_open) return ErrorCode::UserNotFound;
    if (person.is_locked) return face_locked_refusal();
    const auto has_consent = [](const FaceRecord& face) { return !face.consent_id.empty(); };
    const bool consented =
        request.consent || std::any_of(person.faces.begin(), person.faces.end(), has_consent);
    if (chosen.flow->biometric.require_consent && !consented) return ErrorCode::ConsentRequired;
    return {};
}

/// Pictures good enough to be compared with for years, all of one person.
Result<std::vector<face::Analysis>> Enrolment::read(const EnrolRequest& request,
                                                    double match_fmr) const
{
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    const auto pictures = static_cast<int>(request.pictures.size());
    ACCESSD_CHECK(check_rate(*comparison, match_fmr, pictures));
    ACCESSD_TRY(auto analyses, parts_.reader.read_all(request.pictures, Purpose::Enrolment));
    for (std::size_t i = 1; i < analyses.size(); ++i) {
        const auto compared =
            comparison->compare(*analyses[0].embedding, *analyses[i].embedding, kSamePersonFmr);
        if (compared.decision == face::Decision::Match) continue;
        return Error{ErrorCode::FaceRejected}
            .with("reason", std::string{face::to_text(face::Issue::MultipleFaces)})
            .with("hint", std::string{"All pictures must show the same person."})
            .with("index", static_cast<std::int64_t>(i))
            .saying("The pictures don't all show the same person.");
    }
    return analyses;
}

/// Who is enrolled already must match, unless an administrator replaces the face. Where nothing can be compared any
/// more (the models changed), another method of the same login vouches for the person.
Result<void> Enrolment::check_same(const EnrolRequest& request, const ChosenFlow& chosen,
                                   const Subject& subject)
{
    if (subject.person.faces.empty() || request.replace) return {};
    if (!subject.known.known) {
        const bool is_vouched_for = chosen.login && has_other_method(*chosen.login) &&
                                    chosen.login->user_id == request.user_id;
        if (is_vouched_for) return {};
        return Error{ErrorCode::FaceAlreadyRegistered}.with("reason", std::string{"model_changed"});
    }
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    const access::FailureLimits failures{parts_.limit_settings.face_failures_before_wait,
                                         parts_.limit_settings.face_failures_before_lock};
    const auto now = parts_.clock.now();
    const auto identity = face_identity(request.where.project_id, request.user_id);
    ACCESSD_CHECK(parts_.store.check_tries(identity, subject.client, failures, now));
    for (const auto& analysis : subject.analyses) {
        const auto compared =
            comparison->compare(*subject.known.known, *analysis.embedding, chosen.match_fmr());
        if (compared.decision == face::Decision::Match) continue;
        ACCESSD_CHECK(parts_.store.count_mismatch({.identity = identity,
                                                   .client = subject.client,
                                                   .limits = failures,
                                                   .lock_id = make_id("lock_", now, parts_.random),
                                                   .test = chosen.project().is_test(),
                                                   .now = now}));
        return ErrorCode::FaceAlreadyRegistered;
    }
    return {};
}

Result<void> Enrolment::refuse_others(const EnrolRequest& request, const ChosenFlow& chosen,
                                      const Subject& subject)
{
    if (!chosen.flow->biometric.reject_duplicate_faces) return {};
    for (const auto& analysis : subject.analyses) {
        ACCESSD_TRY(const auto found,
                    parts_.index.search(request.where.project_id, *analysis.embedding,
                                        chosen.match_fmr(), 2));
        const bool is_others = std::any_of(found.begin(), found.end(), [&](const auto& person) {
            return person.user_id != request.user_id;
        });
        if (is_others) return ErrorCode::DuplicateFace;
    }
    return {};
}

Result<NewFace> Enrolment::make_face(const EnrolRequest& request, const ChosenFlow& chosen,
                                     const Subject& subject, const std::string& validation_id)
{
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    std::vector<face::Embedding> embeddings;
    for (const auto& analysis : subject.analyses) embeddings.push_back(*analysis.embedding);
    ACCESSD_TRY(const auto known, comparison->make_template(embeddings));

    const auto now = parts_.clock.now();
    NewFace made;
    made.key = subject.key;
    made.replaces = request.replace;
    made.faces_max = parts_.settings.faces_per_user_max;
    const auto* source = chosen.setup->source(chosen.flow->source_id);
    made.create_user = source != nullptr && source->kind == users::SourceKind::Open;
    for (const auto& face : subject.person.faces) made.compared_with.push_back(face.id);

    auto& face = made.face;
    face.id = make_id("face_", now, parts_.random);
    face.project_id = request.where.project_id;
    face.user_id = request.user_id;
    face.key_id = subject.key.id;
    face.status = request.activate ? FaceStatus::Active : FaceStatus::Provisional;
    face.model = known.model;
    face.pictures = static_cast<int>(known.embeddings.size());
    face.sealed_template = parts_.vault.seal(known, subject.person_key, face.id);
    face.validation_id = validation_id;
    face.created_at = face.used_at = now;
    if (request.activate) face.activated_at = now;
    if (request.consent) {
        const auto& given = *request.consent;
        face.consent_id = make_id("cns_", now, parts_.random);
        made.consent = Consent{face.consent_id,   face.project_id, face.user_id, given.text_version,
                               given.accepted_at, given.client_ip, now,          {}};
    } else if (!subject.person.faces.empty()) {
        face.consent_id = subject.person.faces.back().consent_id;
    }

    ACCESSD_TRY(
        const auto sealed_digest_key,
        parts_.faces.digest_key(face.project_id, parts_.vault.make_digest_key(face.project_id)));
    ACCESSD_TRY(auto digest_key, parts_.vault.open_digest_key(sealed_digest_key, face.project_id));
    ReplayCheck pictures{parts_.vault, std::move(digest_key), subject.person_key, validation_id};
    for (std::size_t i = 0; i < request.pictures.size(); ++i) {
        pictures.add(request.pictures[i], *subject.analyses[i].fingerprint);
    }
    made.pictures = pictures.seen_as(SeenAs::Enrolled, now);
    return made;
}

BeginValidation Enrolment::begin_request(const EnrolRequest& request, const ChosenFlow& chosen,
                                         NewFace face, const std::string& validation_id) const
{
    const auto now = parts_.clock.now();
    const auto& method = chosen.flow->biometric;
    BeginValidation begin;
    begin.now = now;
    begin.test = chosen.project().is_test();
    begin.continue_login_id = request.where.login_id;
    begin.hides_mismatch = request.where.browser.has_value();

    auto& login = begin.login;
    login.id = make_id("login_", now, parts_.random);
    login.project_id = request.where.project_id;
    login.flow_id = chosen.flow->id;
    login.opened_by = request.opened_by;
    login.opened_for = request.user_id;
    login.created_at = now;
    login.expires_at = now + kLoginLife;

    auto& begun = begin.begun;
    begun.face_id = face.face.id;
    begun.replaces = request.replace;
    begun.advances_login = !only_enrols(chosen);
    begun.takes_frames = request.takes_frames;
    begun.needs_liveness = method.liveness_required || request.takes_frames;
    begun.challenge = face::to_text(face::random_challenge(parts_.random));
    begun.challenged_at = now;
    auto& validation = begun.validation;
    validation.id = validation_id;
    validation.project_id = request.where.project_id;
    validation.flow_id = chosen.flow->id;
    validation.login_id = login.id;
    validation.channel = contacts::Channel::Biometric;
    validation.recipient = validation.user_id = request.user_id;
    validation.max_attempts = validation.attempts_remaining = method.max_attempts;
    validation.language = chosen.project().default_language;
    validation.client_ip = request.where.client_ip;
    validation.user_agent = request.where.user_agent;
    validation.metadata = request.where.metadata;
    validation.created_at = now;
    validation.expires_at = now + method.validation_ttl;
    begin.enrols = std::move(face);
    return begin;
}

Result<EnrolledFace> Enrolment::put(const EnrolRequest& request, const ChosenFlow& chosen,
                                    const Subject& subject)
{
    const auto now = parts_.clock.now();
    EnrolledFace done;
    if (request.activate) {
        ACCESSD_TRY(auto face, make_face(request, chosen, subject, {}));
        done.face = face.face;
        ACCESSD_CHECK(parts_.faces.enrol(face, chosen.project().is_test(), now,
                                         request.audit.about(done.face.id, done.face.project_id)));
        return done;
    }
    const auto validation_id = make_id("val_", now, parts_.random);
    ACCESSD_TRY(auto face, make_face(request, chosen, subject, validation_id));
    done.face = face.face;
    ACCESSD_TRY(done.validation,
                parts_.store.begin(begin_request(request, chosen, std::move(face), validation_id)));
    const auto& validation = done.validation->validation;
    if (!request.where.browser) {
        done.token = parts_.tokens.issue({validation.project_id, validation.user_id, validation.id},
                                         validation.expires_at);
    }
    return done;
}

Result<EnrolledFace> Enrolment::enrol(const EnrolRequest& asked, const ProjectScope& scope)
{
    auto request = asked;
    ACCESSD_TRY(const auto chosen,
                choose_flow(request.where, scope, parts_.projects, parts_.validations));
    if (request.where.browser && request.user_id.empty() && chosen.login) {
        request.user_id = chosen.login->user_id;
    }
    ACCESSD_CHECK(check_browser(request, chosen));
    const auto& project_id = request.where.project_id;
    ACCESSD_TRY(const auto limit,
                parts_.store.count_call({project_id, request.user_id,
                                         face_calls_key(project_id, request.user_id),
                                         chosen.project().is_test(), parts_.clock.now()}));

    // Two requests about one person may meet: then what the pictures show stays, and all else is looked at again.
    std::vector<face::Analysis> analyses;
    for (int tries = 1;; ++tries) {
        Subject subject;
        ACCESSD_TRY(subject.person, parts_.store.find_person(project_id, request.user_id));
        ACCESSD_CHECK(check_person(request, chosen, subject.person));
        if (analyses.empty()) {
            ACCESSD_TRY(analyses, read(request, chosen.match_fmr()));
        }
        subject.analyses = analyses;
        subject.client = limits::client_network(request.where.client_ip);
        subject.key =
            subject.person.key ? *subject.person.key : parts_.vault.make_key(parts_.clock.now());
        ACCESSD_TRY(subject.person_key, parts_.vault.open(subject.key));
        ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
        // What somebody adds for years must be near what was enrolled itself.
        ACCESSD_TRY(subject.known, open_faces(subject.person.faces, subject.person_key,
                                              parts_.vault, *comparison, Refreshed::Ignored));
        ACCESSD_CHECK(check_same(request, chosen, subject));
        ACCESSD_CHECK(refuse_others(request, chosen, subject));
        auto done = put(request, chosen, subject);
        const bool was_overtaken = !done && done.error().code == ErrorCode::Conflict;
        if (was_overtaken && tries < kTries) continue;
        if (!done) return std::move(done).error();
        done->limit = limit;
        for (const auto& analysis : analyses) {
            if (analysis.measures) done->quality.push_back(*analysis.measures);
        }
        done->expected_false_non_match =
            comparison->expected_false_non_match(chosen.match_fmr(), done->face.pictures);
        return done;
    }
}

}  // namespace accessd::biometrics
