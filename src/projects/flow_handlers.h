#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

namespace accessd::projects {

/// Step 2 of set-up over the API: api.md, section 3.
class FlowHandlers {
public:
    explicit FlowHandlers(Projects& projects);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);

private:
    Result<Condition<Flow>> condition_of(const http::Request& request);
    Result<http::Response> show(const Flow& flow, std::string_view message, int status = 200);

    Projects& projects_;
};

}  // namespace accessd::projects
