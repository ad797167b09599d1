#pragma once

#include "base/clock.h"
#include "projects/project_store.h"
#include "projects/retention_store.h"

#include <functional>

namespace accessd::app {

/// Deletes what projects keep no longer, by each project's own retention settings, in batches so small that a
/// login behind one waits a few milliseconds.
class Retention {
public:
    Retention(projects::RetentionStore& store, projects::ProjectStore& projects, Clock& clock)
        : store_(store), projects_(projects), clock_(clock)
    {
    }

    /// Goes through all projects once. `pause` is called after each full batch, to let others pass; when it
    /// returns false, this ends early. Errors: StoreUnavailable.
    Result<void> run(const std::function<bool()>& pause);

private:
    projects::RetentionStore& store_;
    projects::ProjectStore& projects_;
    Clock& clock_;
};

}  // namespace accessd::app
