#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "projects/project.h"

#include <chrono>
#include <string>

namespace accessd::access {

/// Whose failures are counted together: a contact in a project, by one method.
struct Identity {
    std::string project_id;
    projects::Method method{};
    std::string contact;  ///< Canonical.
};

/// How many consecutive failures of an identity have consequences; 0 switches one off.
/// Source: api.md, section 8.
struct FailureLimits {
    int before_wait = 10;   ///< From one client: then waits.
    int before_lock = 100;  ///< From anywhere: then the method pauses for the identity.
};

/// What the next try from a client has to wait after so many failures: 30 s, doubling to an hour;
/// 0 while there are too few.
std::chrono::seconds wait_after(int failures, const FailureLimits& limits);

/// RATE_LIMITED, scope "failures_wait". `left` of the wait after so many failures.
Error wait_refusal(int failures, std::chrono::milliseconds left, const FailureLimits& limits);
/// LOCKED. No time ends it; its details say what does.
Error locked_refusal();

/// A method paused for an identity.
struct Lock {
    std::string id;
    Identity identity;
    std::string user_id;  ///< Empty if nobody was known when it began.
    int failures = 0;
    std::string reason;  ///< "failures".
    TimePoint locked_at;
};

/// Why a lock ends, as security.unlocked tells it.
inline constexpr auto kUnlockedByOperator = "operator";
inline constexpr auto kUnlockedByOtherFactor = "other_factor";

}  // namespace accessd::access
