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
    explicit MethodHandlers(Projects& projects);

    Result<http::Response> get(const http::Request& request);
    Result<http::Response> put(const http::Request& request);

private:
    Projects& projects_;
};

}  // namespace accessd::projects
