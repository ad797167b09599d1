#include "limits/recent_use.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace accessd::limits {
namespace {

/// Less than this is as good as nothing.
constexpr double kForgotten = 0.25;

}  // namespace

RecentUse::RecentUse(std::chrono::milliseconds half_life, std::size_t keys_max)
    : half_life_(half_life), keys_max_(keys_max)
{
}

double RecentUse::Use::at_time(TimePoint now, std::chrono::milliseconds half_life) const
{
    const auto age = std::max(now - at, std::chrono::milliseconds{0});  // A clock may be set back.
    return count *
           std::exp2(-static_cast<double>(age.count()) / static_cast<double>(half_life.count()));
}

void RecentUse::add(const std::string& key, TimePoint now)
{
    const std::scoped_lock lock{mutex_};
    if (uses_.size() >= keys_max_ && !uses_.contains(key)) make_room(now);
    auto& use = uses_[key];
    use = {use.at_time(now, half_life_) + 1, now};
}

double RecentUse::count(const std::string& key, TimePoint now) const
{
    const std::scoped_lock lock{mutex_};
    const auto found = uses_.find(key);
    return found == uses_.end() ? 0 : found->second.at_time(now, half_life_);
}

void RecentUse::make_room(TimePoint now)
{
    std::erase_if(uses_, [&](const auto& entry) {
        return entry.second.at_time(now, half_life_) < kForgotten;
    });
    if (uses_.size() < keys_max_) return;
    // Many at once: the half that is used least goes, so that this walk comes seldom.
    std::vector<double> counts;
    counts.reserve(uses_.size());
    for (const auto& entry : uses_) counts.push_back(entry.second.at_time(now, half_life_));
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
    std::nth_element(counts.begin(), middle, counts.end());
    const double least = *middle;
    std::size_t left = uses_.size() / 2;
    std::erase_if(uses_, [&](const auto& entry) {
        if (left == 0 || entry.second.at_time(now, half_life_) > least) return false;
        --left;
        return true;
    });
}

}  // namespace accessd::limits
