#pragma once

#include "base/result.h"
#include "projects/project_store.h"

#include <nlohmann/json_fwd.hpp>

namespace accessd::app {

/// What `accessd doctor` holds against the standards: of each active flow of live projects what its logins rest on, as a
/// list of {flow_id, email, sms, has_alternative, otp_ttl_seconds, reveals_users, face, face_alone, face_liveness,
/// face_fmr}. Errors: StoreUnavailable.
Result<nlohmann::json> login_rules(projects::ProjectStore& store);

}  // namespace accessd::app
