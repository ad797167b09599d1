#include "app/known_origins.h"

#include "base/log.h"

#include <algorithm>

namespace accessd::app {

void KnownOrigins::forget()
{
    const std::scoped_lock lock{mutex_};
    listing_.reset();
}

bool KnownOrigins::is_known(std::string_view origin)
{
    const auto known = listing();
    return known->find(origin) != known->end();
}

bool KnownOrigins::is_allowed(std::string_view origin, const ProjectScope& projects)
{
    const auto known = listing();
    const auto found = known->find(origin);
    return found != known->end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const std::string& project) { return projects.allows(project); });
}

std::shared_ptr<const KnownOrigins::Listing> KnownOrigins::listing()
{
    const std::scoped_lock lock{mutex_};
    const auto age = clock_.now() - read_at_;
    if (listing_ && age >= age.zero() && age < kMaxAge) return listing_;
    auto fresh = std::make_shared<Listing>();
    const auto now = clock_.now();
    const auto origins = store_.allowed_origins();
    if (!origins) {
        log::warn("can't read projects' origins", {{"detail", origins.error().detail}});
        listing_.reset();
        return fresh;
    }
    for (const auto& [project_id, origin] : *origins) (*fresh)[origin].insert(project_id);
    listing_ = std::move(fresh);
    read_at_ = now;
    return listing_;
}

}  // namespace accessd::app
