#pragma once

#include "base/result.h"
#include "biometrics/face_store.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::app {

/// What `accessd faces reenrol-report` says: enrolled faces by project and model, and for each project the ids of those
/// who have none of `model`. Errors: StoreUnavailable.
Result<nlohmann::json> reenrolment_report(biometrics::FaceStore& faces, const std::string& model);

}  // namespace accessd::app
