#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>

namespace accessd::limits {

/// A request that must not be carried out twice.
struct IdempotentRequest {
    std::string scope;       ///< Names caller, route, project and key; holds none of them in clear.
    std::string project_id;  ///< With which it is erased; empty: of no single project.
    std::string sealed_body;  ///< The hash of its body, sealed: a body may hold a code.
};

/// What is known of such a request when it arrives.
struct IdempotentStart {
    enum class State {
        First,     ///< Run it; it is leased to whoever asked.
        Running,   ///< Somebody runs it.
        Answered,  ///< It has its answer.
    };
    State state{};
    std::string sealed_body;    ///< Of the first such request; but for First.
    std::string sealed_answer;  ///< Of Answered.
};

/// Requests with an Idempotency-Key, and their answers.
class IdempotencyStore {
public:
    virtual ~IdempotencyStore() = default;

    /// Atomic: of any number of calls for one scope, one is First, until its lease or its answer
    /// expires. `lease` is made up by the caller and used once; it ends at `leased_until`.
    /// Errors: StoreUnavailable.
    virtual Result<IdempotentStart> start(const IdempotentRequest& request,
                                          const std::string& lease, TimePoint now,
                                          TimePoint leased_until) = 0;
    /// Keeps the answer. A lease that somebody else took over meanwhile changes nothing.
    /// Errors: StoreUnavailable.
    virtual Result<void> finish(const std::string& scope, const std::string& lease,
                                const std::string& sealed_answer, TimePoint expires_at) = 0;
    /// Frees the key: nothing is kept. Errors: StoreUnavailable.
    virtual Result<void> abandon(const std::string& scope, const std::string& lease) = 0;
    /// Deletes what has expired, at most `rows_max`. Returns how many went.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::limits
