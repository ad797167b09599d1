#pragma once

#include "access/lock_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/project_lookup.h"

namespace accessd::access {

/// Methods that failures have paused, for operators: api.md, sections 8 and 12.
class LockHandlers {
public:
    LockHandlers(LockStore& locks, projects::ProjectLookup& projects, Clock& clock);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> clear(const http::Request& request);

private:
    LockStore& locks_;
    projects::ProjectLookup& projects_;
    Clock& clock_;
};

}  // namespace accessd::access
