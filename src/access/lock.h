#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "projects/project.h"

#include <chrono>
#include <functional>
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

/// A link that ends a lock, as the store keeps it, and the message that carries it.
struct UnlockLink {
    std::string digest;  ///< SHA-256 of its token.
    std::string message_id;
    std::string sealed_token;  ///< Bound to the message's id.
};

/// Makes a link. Called inside the store's transaction, when a lock begins whose contact is to be written to.
using UnlockLinkMaker = std::function<UnlockLink()>;

/// How long the link is good. Long enough for who reads mail once a day.
inline constexpr auto kUnlockLinkLife = std::chrono::hours{24};

/// Why a lock ends, as security.unlocked tells it.
inline constexpr auto kUnlockedByOperator = "operator";
inline constexpr auto kUnlockedByOtherFactor = "other_factor";
inline constexpr auto kUnlockedByLink = "link";

}  // namespace accessd::access
