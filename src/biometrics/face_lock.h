#pragma once

#include "access/lock.h"
#include "base/error.h"

#include <string>

namespace accessd::biometrics {

/// Whose failures are counted together: one person's, in a project.
inline access::Identity face_identity(std::string project_id, std::string user_id)
{
    return {std::move(project_id), projects::Method::Biometric, std::move(user_id)};
}

/// LOCKED: faces are off for this person. Unlike an address's, no mailed link ends it.
Error face_locked_refusal();

}  // namespace accessd::biometrics
