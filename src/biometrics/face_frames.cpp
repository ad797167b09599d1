#include "biometrics/challenge_words.h"
#include "biometrics/enrolled_frames.h"
#include "biometrics/face_login.h"
#include "biometrics/face_refresh.h"
#include "biometrics/face_trial.h"
#include "face/challenge.h"

#include <algorithm>

namespace accessd::biometrics {

using projects::Assurance;

Result<DonePart> FaceLogin::check_frames(Trial& trial, const std::vector<std::string>& frames)
{
    ACCESSD_TRY(const auto* comparison, parts_.reader.comparison());
    const auto asked_at = parts_.clock.now();
    ACCESSD_TRY(const auto analyses, parts_.reader.read_frames(frames));
    for (std::size_t i = 0; i < analyses.size(); ++i) {
        const auto& analysis = analyses[i];
        if (!analysis.embedding || !analysis.fingerprint) {
            const auto issue =
                analysis.issues.empty() ? face::Issue::NoFace : analysis.issues.front();
            return rejected(issue).with("index", static_cast<std::int64_t>(i));
        }
        trial.pictures->add(frames[i], *analysis.fingerprint);
    }
    ACCESSD_CHECK(refuse_replays(trial));
    const auto challenge_text = trial.found.challenge;
    const auto challenged_at = trial.found.challenged_at;
    ACCESSD_CHECK(charge(trial));
    // Another try may have had it replaced meanwhile: these frames answered the one that is gone.
    if (trial.found.challenge != challenge_text) {
        return refuse(trial, Part::Liveness, ErrorCode::LivenessFailed, "wrong_order", true);
    }
    trial.compared =
        trial.known.compare(*comparison, *analyses.front().embedding, trial.chosen.match_fmr());
    if (trial.compared.decision != face::Decision::Match) {
        return refuse(trial, Part::Liveness, ErrorCode::FaceNotMatched, "not_matched", false);
    }
    ACCESSD_TRY(const auto challenge, face::parse_challenge(challenge_text));
    face::ChallengeRules rules;
    rules.time_max = kChallengeLife;
    const auto verdict = parts_.judge(challenge, analyses, asked_at - challenged_at, *comparison,
                                      *trial.known.known, rules);
    trial.score = verdict.depth;
    trial.threshold = verdict.depth_threshold;
    if (!verdict.passed) {
        const auto failure = verdict.failure.value_or(face::LivenessFailure::SpoofSuspected);
        return refuse(trial, Part::Liveness, ErrorCode::LivenessFailed,
                      std::string{face::to_text(failure)}, true);
    }
    trial.refresh = refresh_of(trial, frames.front());
    trial.frames = frames_of(trial, frames, analyses);
    return pass(trial, Part::Liveness, Assurance::Active);
}

/// The straight frame of a challenge that was performed, where the login may end with it.
std::optional<FaceRefresh> FaceLogin::refresh_of(const Trial& trial,
                                                 const std::string& straight) const
{
    const auto& found = trial.found;
    const bool may_end = found.face_done_at && found.advances_login && found.face_id.empty();
    if (!trial.chosen.flow->biometric.refresh_faces || !may_end) return std::nullopt;
    return make_refresh(trial.known, trial.person_key, straight, trial.chosen.match_fmr(),
                        parts_.clock.now(), parts_.reader, parts_.vault);
}

/// Those that join the face that this validation enrols, where that was asked for.
std::optional<JoiningFrames> FaceLogin::frames_of(const Trial& trial,
                                                  const std::vector<std::string>& frames,
                                                  const std::vector<face::Analysis>& analyses)
{
    const auto& found = trial.found;
    const auto comparison = parts_.reader.comparison();
    if (!found.takes_frames || found.liveness_done_at || !comparison) return std::nullopt;
    const auto earlier =
        open_faces(trial.earlier, trial.person_key, parts_.vault, **comparison, Refreshed::Ignored);
    if (!earlier) return std::nullopt;
    const auto& validation = trial.validation();
    const double match_fmr = trial.chosen.match_fmr();
    const auto is_others = [&](const face::Embedding& embedding) {
        if (!trial.chosen.flow->biometric.reject_duplicate_faces) return false;
        const auto people = parts_.index.search(validation.project_id, embedding, match_fmr, 2);
        return !people || std::any_of(people->begin(), people->end(), [&](const auto& person) {
            return person.user_id != validation.user_id;
        });
    };
    return choose_frames({frames, analyses, trial.known, *earlier, match_fmr, is_others},
                         trial.person_key, parts_.reader, parts_.vault);
}

}  // namespace accessd::biometrics
