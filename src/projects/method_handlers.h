#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

namespace accessd::projects {

/// Step 3 of set-up over the API: the ways to log in of a flow, their limits and defaults. api.md,
/// section 3.
class MethodHandlers {
public:
    /// `has_passive`: a presentation-attack model is installed, so that pictures can show passive liveness.
    MethodHandlers(Projects& projects, bool has_passive);

    Result<http::Response> get(const http::Request& request);
    Result<http::Response> put(const http::Request& request);

private:
    Projects& projects_;
    bool has_passive_;
};

}  // namespace accessd::projects
