#pragma once

#include "base/clock.h"
#include "http/origin_policy.h"
#include "projects/project_store.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace accessd::app {

/// The origins that projects list, read together and at most two seconds old. Costs nothing while no
/// browser asks. While the store can't be read, no origin is known.
class KnownOrigins final : public http::OriginPolicy {
public:
    /// Source: design.md, section 2: how long another node's change may go unseen.
    static constexpr auto kMaxAge = std::chrono::seconds{2};

    KnownOrigins(projects::ProjectStore& store, Clock& clock) : store_(store), clock_(clock) {}

    /// Reads them again when they are next asked for.
    void forget();

    bool is_known(std::string_view origin) override;
    bool is_allowed(std::string_view origin, const ProjectScope& projects) override;

private:
    /// Ids of the projects that list an origin.
    using Listing = std::map<std::string, std::set<std::string>, std::less<>>;
    std::shared_ptr<const Listing> listing();

    projects::ProjectStore& store_;
    Clock& clock_;
    std::mutex mutex_;  ///< Guards what follows; held while reading, so that one reads for all.
    std::shared_ptr<const Listing> listing_;
    TimePoint read_at_;
};

}  // namespace accessd::app
