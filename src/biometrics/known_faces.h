#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "biometrics/face_record.h"
#include "biometrics/face_vault.h"
#include "face/comparison.h"

#include <optional>
#include <vector>

namespace accessd::biometrics {

/// What a person is compared with.
struct KnownFace {
    /// The pictures of all their enrolments in one template, so that a stranger has one chance and not one with
    /// each. Absent: they have none of the model that is installed.
    std::optional<face::Template> known;
    bool has_others = false;  ///< They enrolled with another model, and have to again.
};

/// Whether templates of so many pictures can be judged at this rate of false matches.
/// Errors: FlowNotReady with `details.missing`: the installed models were never measured so far.
Result<void> check_rate(const face::Comparison& comparison, double match_fmr, int pictures);

/// Opens a person's faces, the oldest first. Errors: Internal.
Result<KnownFace> open_faces(const std::vector<FaceRecord>& faces, const Secret& person_key,
                             const FaceVault& vault, const face::Comparison& comparison);

}  // namespace accessd::biometrics
