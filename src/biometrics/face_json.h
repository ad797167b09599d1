#pragma once

#include "biometrics/biometric_validation.h"
#include "biometrics/face_record.h"
#include "face/analysis.h"
#include "face/comparison.h"

#include <nlohmann/json_fwd.hpp>

namespace accessd::biometrics {

/// As the API shows them.
nlohmann::json remaining_json(const BiometricValidation& validation);
nlohmann::json challenge_json(const BiometricValidation& validation);
nlohmann::json quality_json(const face::Measures& measures);
nlohmann::json to_json(const FaceRecord& face);
nlohmann::json to_json(const Consent& consent);
/// `decision`, `score`, `threshold`, `false_match_rate`.
nlohmann::json to_json(const face::Compared& compared);
/// Box, points and detector's score of one face.
nlohmann::json to_json(const face::Face& face);

}  // namespace accessd::biometrics
