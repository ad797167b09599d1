#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::biometrics {

/// What seals everything kept of one person's faces; itself sealed by the server's keys. One for each person
/// in a project. When it is destroyed, so is what it sealed.
struct FaceKey {
    std::string id;      ///< fkey_...
    std::string sealed;  ///< face_vault.h.
};

enum class FaceStatus {
    Provisional,  ///< Usable in the validation that enrols it, and destroyed if that isn't validated.
    Active,
};

std::string_view to_text(FaceStatus status);
std::optional<FaceStatus> parse_face_status(std::string_view text);

/// One enrolment of a person. Never holds a picture.
struct FaceRecord {
    std::string id;  ///< face_...
    std::string project_id;
    std::string user_id;
    std::string key_id;
    FaceStatus status = FaceStatus::Provisional;
    std::string model;  ///< face::Template::model.
    int pictures = 1;   ///< In the template.
    int frames =
        0;  ///< How many of these, the last, are of its validation's challenge (enrolled_frames.h).
    std::string sealed_template;  ///< face_vault.h.
    std::string consent_id;       ///< Empty: enrolled without.
    std::string validation_id;    ///< Empty: enrolled at once.
    TimePoint created_at;
    std::optional<TimePoint> activated_at;
    TimePoint used_at;  ///< Last login with it, or its enrolment.
    /// A template of one picture, of a later login: at most one of all of a person's faces has it. Never
    /// among what decides whether it may be replaced (face_refresh.h). Empty: none.
    std::string sealed_refresh;
    std::optional<TimePoint> refreshed_at;
};

/// That a person agreed to be recognised, as the business says. Withdrawing it destroys the faces under it.
struct Consent {
    std::string id;  ///< cns_...
    std::string project_id;
    std::string user_id;
    std::string text_version;  ///< Of the words that the person was shown.
    TimePoint accepted_at;
    std::string client_ip;  ///< Empty: not told.
    TimePoint recorded_at;
    std::optional<TimePoint> withdrawn_at;
};

/// What a picture was good for when it was seen.
enum class SeenAs {
    Enrolled,
    Matched,
    Live,  ///< Of frames that failed, too: no attempt gets them again.
};

std::string_view to_text(SeenAs seen_as);
std::optional<SeenAs> parse_seen_as(std::string_view text);

/// A picture as it is remembered for kPicturesRemembered.
struct SeenPicture {
    std::string digest;  ///< Keyed, of its bytes: the same within the project.
    SeenAs seen_as = SeenAs::Matched;
    std::string validation_id;  ///< Empty: enrolled without one.
    std::string sealed_print;   ///< face::Fingerprint under the person's key.
    TimePoint seen_at;
};

inline constexpr auto kPicturesRemembered = std::chrono::days{30};

/// Whether a picture that was seen so may not count as live in this validation: it enrolled a face, was live
/// before, or was compared in another validation. Source: api.md, section 6.
bool refuses_liveness(const SeenPicture& seen, std::string_view validation_id);

}  // namespace accessd::biometrics
