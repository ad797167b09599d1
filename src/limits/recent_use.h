#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace accessd::limits {

/// Roughly how much something is used lately, by key: a count that halves every `half_life`. For prices, which
/// may be off; promises are kept by exact windows. Kept in memory, per node, for at most `keys_max` keys.
///
/// Threads: safe to call concurrently.
class RecentUse {
public:
    RecentUse(std::chrono::milliseconds half_life, std::size_t keys_max);

    void add(const std::string& key, TimePoint now);
    double count(const std::string& key, TimePoint now) const;

private:
    struct Use {
        double count = 0;
        TimePoint at;
        double at_time(TimePoint now, std::chrono::milliseconds half_life) const;
    };
    void make_room(TimePoint now);

    const std::chrono::milliseconds half_life_;
    const std::size_t keys_max_;
    mutable std::mutex mutex_;  ///< Guards uses_.
    std::unordered_map<std::string, Use> uses_;
};

}  // namespace accessd::limits
