#pragma once

#include "base/clock.h"
#include "projects/project_lookup.h"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace accessd::projects {

/// Copies of projects' set-up, read again when changed here or two seconds old.
class ProjectCache final : public ProjectLookup {
public:
    /// The longest that another node's change may go unseen. Source: design.md, section 2.
    static constexpr auto kMaxAge = std::chrono::seconds{2};
    static constexpr std::size_t kMaxProjects = 10'000;

    ProjectCache(ProjectStore& store, Clock& clock);

    Result<std::shared_ptr<const ProjectSetup>> find(const std::string& project_id) override;

    /// Forgets a project after it was changed, so that the next reader sees the change.
    void forget(const std::string& project_id);
    /// All of them: another node changed something.
    void forget_all();

private:
    struct Entry {
        std::shared_ptr<const ProjectSetup> setup;
        TimePoint read_at;
    };

    ProjectStore& store_;
    Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    /// Rises with each forget(): what was read before one must not be kept after it.
    std::uint64_t generation_ = 0;
};

}  // namespace accessd::projects
