#pragma once

#include "base/result.h"
#include "projects/project_store.h"

#include <memory>
#include <string>

namespace accessd::projects {

/// Reads what a login needs of a project. Its copies are at most two seconds old.
class ProjectLookup {
public:
    virtual ~ProjectLookup() = default;
    /// Null when there is no such project. Errors: StoreUnavailable.
    /// Threads: safe to call concurrently.
    virtual Result<std::shared_ptr<const ProjectSetup>> find(const std::string& project_id) = 0;
};

}  // namespace accessd::projects
