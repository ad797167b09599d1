#include "projects/project_cache.h"

#include "base/id.h"

namespace accessd::projects {

ProjectCache::ProjectCache(ProjectStore& store, Clock& clock) : store_(store), clock_(clock) {}

Result<std::shared_ptr<const ProjectSetup>> ProjectCache::find(const std::string& project_id)
{
    if (!looks_like_id(project_id, "prj_")) return std::shared_ptr<const ProjectSetup>{};
    const auto now = clock_.now();
    std::uint64_t generation = 0;
    {
        const std::scoped_lock lock{mutex_};
        const auto found = entries_.find(project_id);
        if (found != entries_.end() && now - found->second.read_at < kMaxAge) {
            return found->second.setup;
        }
        generation = generation_;
    }
    ACCESSD_TRY(auto setup, store_.setup(project_id));
    std::shared_ptr<const ProjectSetup> shared;
    if (setup) shared = std::make_shared<const ProjectSetup>(std::move(*setup));

    const std::scoped_lock lock{mutex_};
    if (!shared) {
        entries_.erase(project_id);
    } else if (generation == generation_) {
        if (entries_.size() >= kMaxProjects) entries_.clear();
        entries_.insert_or_assign(project_id, Entry{shared, now});
    }
    return shared;
}

void ProjectCache::forget(const std::string& project_id)
{
    const std::scoped_lock lock{mutex_};
    ++generation_;
    entries_.erase(project_id);
}

void ProjectCache::forget_all()
{
    const std::scoped_lock lock{mutex_};
    ++generation_;
    entries_.clear();
}

}  // namespace accessd::projects
