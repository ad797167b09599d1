#pragma once

#include "base/project_scope.h"

#include <string_view>

namespace accessd::http {

/// Which browser pages may read answers (CORS). Implemented by the application over projects/.
/// Threads: called concurrently, on io threads too: must not wait for the disk on its usual path.
class OriginPolicy {
public:
    virtual ~OriginPolicy() = default;
    /// Whether any project lists the origin.
    virtual bool is_known(std::string_view origin) = 0;
    /// Whether one of these projects does.
    virtual bool is_allowed(std::string_view origin, const ProjectScope& projects) = 0;
};

}  // namespace accessd::http
