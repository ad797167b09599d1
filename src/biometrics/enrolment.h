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
#include "config/config.h"
#include "events/audit.h"
#include "tokens/validation_tokens.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// What the caller says of a person's consent.
struct GivenConsent {
    std::string text_version;
    TimePoint accepted_at;
    std::string client_ip;
};

/// A face to be enrolled.
struct EnrolRequest {
    FaceRequest where;
    std::string user_id;
    std::vector<std::string> pictures;  ///< One to face::kTemplatePictures, as they came.
    std::optional<GivenConsent> consent;
    bool replace = false;       ///< All the person's earlier faces. The caller may manage.
    bool activate = false;      ///< At once, without a validation. The caller may manage.
    bool takes_frames = false;  ///< BiometricValidation::takes_frames.
    std::string opened_by;      ///< Key whose token asks.
    events::AuditEntry audit;
};

/// What came of it.
struct EnrolledFace {
    FaceRecord face;
    std::optional<BiometricValidation> validation;  ///< Absent: active at once.
    std::optional<tokens::IssuedToken> token;       ///< Of the validation.
    limits::Decision limit;
    std::vector<face::Measures> quality;  ///< Of each picture.
    std::optional<double> expected_false_non_match;
};

/// Enrols faces: api.md, section 6, `register-face`.
/// Threads: safe to call concurrently.
class Enrolment {
public:
    struct Parts {
        BiometricStore& store;
        FaceStore& faces;
        access::ValidationStore& validations;
        projects::ProjectLookup& projects;
        FaceReader reader;
        FaceIndex& index;
        const FaceVault& vault;
        tokens::ValidationTokens& tokens;
        Clock& clock;
        Random& random;
        config::Limits limit_settings{};
        config::Biometrics settings{};
    };
    explicit Enrolment(Parts parts);

    /// Errors: those of choose_flow; RateLimited; Locked; UserNotFound; InsufficientScope (of a browser);
    /// ConsentRequired; InvalidImage; FaceRejected; FaceAlreadyRegistered; DuplicateFace; those of
    /// BiometricStore::begin; BiometricsUnavailable; Busy.
    Result<EnrolledFace> enrol(const EnrolRequest& request, const ProjectScope& scope);

private:
    struct Subject;
    Result<void> check_browser(const EnrolRequest& request, const ChosenFlow& chosen) const;
    Result<void> check_person(const EnrolRequest& request, const ChosenFlow& chosen,
                              const Person& person) const;
    Result<std::vector<face::Analysis>> read(const EnrolRequest& request, double match_fmr) const;
    Result<void> check_same(const EnrolRequest& request, const ChosenFlow& chosen,
                            const Subject& subject);
    Result<void> refuse_others(const EnrolRequest& request, const ChosenFlow& chosen,
                               const Subject& subject);
    Result<NewFace> make_face(const EnrolRequest& request, const ChosenFlow& chosen,
                              const Subject& subject, const std::string& validation_id);
    Result<EnrolledFace> put(const EnrolRequest& request, const ChosenFlow& chosen,
                             const Subject& subject);
    BeginValidation begin_request(const EnrolRequest& request, const ChosenFlow& chosen,
                                  NewFace face, const std::string& validation_id) const;

    Parts parts_;
};

}  // namespace accessd::biometrics
