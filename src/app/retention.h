#pragma once

#include "base/clock.h"
#include "biometrics/face_store.h"
#include "projects/project_store.h"
#include "projects/retention_store.h"

#include <functional>

namespace accessd::app {

/// Deletes what projects keep no longer, by each project's own retention settings, in batches so small that a
/// login behind one waits a few milliseconds.
class Retention {
public:
    Retention(projects::RetentionStore& store, biometrics::FaceStore& faces,
              projects::ProjectStore& projects, Clock& clock)
        : store_(store), faces_(faces), projects_(projects), clock_(clock)
    {
    }

    /// Goes through all projects once. `pause` is called after each full batch, to let others pass; when it
    /// returns false, this ends early. Errors: StoreUnavailable.
    Result<void> run(const std::function<bool()>& pause);

private:
    Result<bool> remove_unused_faces(const projects::Project& project,
                                     const std::function<bool()>& pause);

    projects::RetentionStore& store_;
    biometrics::FaceStore& faces_;
    projects::ProjectStore& projects_;
    Clock& clock_;
};

}  // namespace accessd::app
