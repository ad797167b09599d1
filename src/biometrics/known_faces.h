#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "biometrics/face_record.h"
#include "biometrics/face_vault.h"
#include "face/comparison.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// What a person is compared with.
struct KnownFace {
    /// The pictures of all their enrolments in one template, so that a stranger has one chance and not one with
    /// each. Absent: they have none of the model that is installed.
    std::optional<face::Template> known;
    /// The newest of these pictures and one of a later login (face_refresh.h). Absent: there is none to be used.
    std::optional<face::Template> refreshed;
    bool has_others = false;            ///< They enrolled with another model, and have to again.
    std::vector<std::string> face_ids;  ///< Of all their faces, the oldest first.
    std::string newest_id;              ///< Of the newest that is compared with.
    TimePoint changed_at;               ///< When the last picture came to them.

    /// Pictures in the template that decides.
    int pictures() const;
    /// Whether a picture is the person's. With a later login's picture, both must hold: it is near enough to all
    /// of them, and not much farther than is asked from those that were enrolled. So whatever picture was added
    /// lets nobody in who isn't near these.
    face::Compared compare(const face::Comparison& comparison, const face::Embedding& probe,
                           double match_fmr) const;
};

/// By how much more often than asked a stranger might reach the enrolled pictures alone, where a later login's
/// picture speaks for a probe. Source: docs/decisions/0091-faces-that-are-refreshed.md.
inline constexpr double kEnrolledFmrFactor = 10;

/// Whether templates of so many pictures can be judged at this rate of false matches.
/// Errors: FlowNotReady with `details.missing`: the installed models were never measured so far.
Result<void> check_rate(const face::Comparison& comparison, double match_fmr, int pictures);

enum class Refreshed { Used, Ignored };

/// Opens a person's faces, the oldest first, and a later login's picture where it is to be used. Of a face that is
/// still being enrolled the pictures alone, without frames that joined them. Errors: Internal.
Result<KnownFace> open_faces(const std::vector<FaceRecord>& faces, const Secret& person_key,
                             const FaceVault& vault, const face::Comparison& comparison,
                             Refreshed refreshed);

}  // namespace accessd::biometrics
