#pragma once

#include "base/result.h"
#include "limits/window.h"

#include <string>
#include <vector>

namespace accessd::limits {

/// Sliding windows at rest, for limits that are not part of another store's atomic fact.
class LimitStore {
public:
    virtual ~LimitStore() = default;

    /// One atomic take(). Errors: StoreUnavailable.
    virtual Result<Decision> take(const std::string& key, const Limit& limit, TimePoint now) = 0;
    /// What take() would answer; nothing is counted. Errors: StoreUnavailable.
    virtual Result<Decision> peek(const std::string& key, const Limit& limit, TimePoint now) = 0;
    /// One event in several windows: all of them take it, or none does. Gives the first's decision.
    /// Errors: RateLimited (details of limits::refusal, by the first that refuses); StoreUnavailable.
    virtual Result<Decision> take_all(const std::vector<KeyedLimit>& limits, TimePoint now) = 0;
    /// Takes one event back that take() let in at `at`: it turned out not to count.
    /// Errors: StoreUnavailable.
    virtual Result<void> give_back(const std::string& key, TimePoint at) = 0;
    /// Deletes windows nobody needs any more, at most `rows_max` looked at. Returns how many went.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::limits
