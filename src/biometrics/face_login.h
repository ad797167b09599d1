#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_index.h"
#include "biometrics/face_reader.h"
#include "biometrics/face_request.h"
#include "biometrics/face_store.h"
#include "biometrics/face_vault.h"
#include "biometrics/known_faces.h"
#include "biometrics/replay_check.h"
#include "config/config.h"
#include "face/challenge.h"
#include "tokens/login_tokens.h"
#include "tokens/validation_tokens.h"
#include "users/directory.h"
#include "users/user_store.h"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// Somebody who comes back, as the caller names them: by exactly one of these.
struct StartRequest {
    FaceRequest where;
    std::string user_id;
    std::string email;  ///< Canonical.
    std::string phone;  ///< E.164.
    std::string opened_by;
};

/// A validation that has begun.
struct StartedFace {
    BiometricValidation validation;
    std::optional<tokens::IssuedToken>
        token;  ///< None for a browser: it would tell who the person is.
    limits::Decision limit;
};

/// Who shows a picture in a validation that has begun.
struct FaceTry {
    std::string validation_id;
    std::optional<std::string>
        user_id;            ///< As the caller names the person; must be the validation's.
    std::string client_ip;  ///< Empty: whoever began the validation.
    std::optional<BrowserLogin> browser;
    std::optional<OwnValidation> own;  ///< Of the validation's own token.
};

/// A part that was done, and what it led to.
struct DonePart {
    BiometricValidation validation;
    access::Login login;
    std::optional<users::User> user;
    std::vector<projects::Method> remaining;   ///< Of the login.
    std::optional<tokens::IssuedToken> token;  ///< When the login is complete.
    std::string redirect_url;  ///< For a browser, instead of it: where it goes, with its code.
    face::Compared compared;
    double match_fmr = 0;
    limits::Decision limit;
    /// Of liveness: what the verdict rests on; absent where nothing was measured.
    std::optional<double> score;
    std::optional<double> threshold;
    int frames_enrolled = 0;  ///< Of a challenge.
};

/// Judges the frames of a challenge: face::judge, but in tests.
using ChallengeJudge = std::function<face::ChallengeVerdict(
    const face::Challenge&, std::span<const face::Analysis>, std::chrono::milliseconds,
    const face::Comparison&, const face::Template&, const face::ChallengeRules&)>;

/// Logging in with a face: api.md, section 6. Attempts are charged before anything is compared.
/// Threads: safe to call concurrently.
class FaceLogin {
public:
    struct Parts {
        BiometricStore& store;
        FaceStore& faces;
        access::ValidationStore& validations;
        projects::ProjectLookup& projects;
        users::UserStore& users;
        FaceReader reader;
        FaceIndex& index;
        const FaceVault& vault;
        tokens::ValidationTokens& validation_tokens;
        tokens::LoginTokens& login_tokens;
        Clock& clock;
        Random& random;
        config::Limits limit_settings{};
        config::Biometrics settings{};
        ChallengeJudge judge = face::judge;
    };
    explicit FaceLogin(Parts parts);

    /// A validation for somebody who is enrolled. A browser learns nothing of other people: whoever is unknown, not
    /// enrolled or not its login's gets the same answer, and fails later.
    /// Errors: those of choose_flow; RateLimited; UserNotFound; FaceNotRegistered; those of BiometricStore::begin.
    Result<StartedFace> start(const StartRequest& request, const ProjectScope& scope);

    /// Errors: ValidationNotFound (also of another user); RateLimited; FlowNotActive; MethodDisabled; InvalidImage;
    /// FaceRejected; FaceNotRegistered; FaceNotMatched with `details.attempts_remaining`; those of
    /// BiometricStore::charge and pass; BiometricsUnavailable; Busy.
    Result<DonePart> verify_face(const FaceTry& request, const std::string& picture,
                                 const ProjectScope& scope);

    /// One picture, or the frames of the validation's challenge. Errors: as verify_face; ImageReplayed;
    /// LivenessFailed with `details.reason`; ChallengeRequired with what to perform.
    Result<DonePart> check_liveness(const FaceTry& request,
                                    const std::vector<std::string>& pictures, bool are_frames,
                                    const ProjectScope& scope);

private:
    struct Trial;
    Result<std::string> find_user(const StartRequest& request) const;
    Result<Trial> open(const FaceTry& request, const ProjectScope& scope);
    Result<void> charge(Trial& trial);
    Result<void> load_known(Trial& trial) const;
    Result<void> refuse_replays(const Trial& trial);
    Result<DonePart> pass(const Trial& trial, Part part,
                          std::optional<projects::Assurance> assurance);
    Error refuse(const Trial& trial, Part part, ErrorCode code, const std::string& reason,
                 bool remembers);
    Result<DonePart> check_picture(Trial& trial, const std::string& picture);
    Result<DonePart> check_frames(Trial& trial, const std::vector<std::string>& frames);
    Error challenge_required(const BiometricValidation& validation) const;
    std::optional<FaceRefresh> refresh_of(const Trial& trial, const std::string& straight) const;
    std::optional<JoiningFrames> frames_of(const Trial& trial,
                                           const std::vector<std::string>& frames,
                                           const std::vector<face::Analysis>& analyses);

    Parts parts_;
};

}  // namespace accessd::biometrics
