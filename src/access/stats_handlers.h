#pragma once

#include "access/stats_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/project_lookup.h"

#include <atomic>

namespace accessd::access {

/// How a project's logins fare, over time: api.md, section 12.
class StatsHandlers {
public:
    StatsHandlers(StatsStore& stats, projects::ProjectLookup& projects, Clock& clock);

    Result<http::Response> stats(const http::Request& request);

private:
    StatsStore& stats_;
    projects::ProjectLookup& projects_;
    Clock& clock_;
    std::atomic<int> running_{0};
};

}  // namespace accessd::access
