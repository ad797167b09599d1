#include "access/lock.h"

#include "limits/window.h"

#include <algorithm>
#include <vector>

namespace accessd::access {
namespace {

constexpr std::chrono::seconds kWaitMin{30};
constexpr std::chrono::seconds kWaitMax{3600};
/// LOCKED ends when somebody ends it, but every 429 has a Retry-After.
constexpr std::chrono::seconds kLockedRetryAfter{3600};

}  // namespace

std::chrono::seconds wait_after(int failures, const FailureLimits& limits)
{
    if (limits.before_wait == 0 || failures < limits.before_wait) return std::chrono::seconds{0};
    auto wait = kWaitMin;
    for (int i = limits.before_wait; i < failures && wait < kWaitMax; ++i) wait *= 2;
    return std::min(wait, kWaitMax);
}

Error wait_refusal(int failures, std::chrono::milliseconds left, const FailureLimits& limits)
{
    limits::Decision decision;
    decision.retry_after = left;
    return limits::refusal(decision,
                           {limits.before_wait, wait_after(failures, limits), "failures_wait"});
}

Error locked_refusal()
{
    auto error = Error{ErrorCode::Locked}.with(
        "unlock",
        std::vector<std::string>{kUnlockedByLink, kUnlockedByOtherFactor, kUnlockedByOperator});
    error.retry_after = kLockedRetryAfter;
    return error;
}

}  // namespace accessd::access
