#pragma once

#include "base/clock.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace accessd::webhooks {

/// How long one try may take. Source: Standard Webhooks 1.0, request timeouts (15 to 30 s).
inline constexpr auto kTryTimeout = std::chrono::seconds{15};
/// An endpoint from which nothing else than failures came for this long is disabled.
inline constexpr auto kFailingMax = std::chrono::days{5};
/// How long the secret before the last one signs too.
inline constexpr auto kOldSecretLife = std::chrono::hours{24};

/// How long to wait after the given number of tries (1: after the first), spread by up to a tenth so that
/// events which failed together don't come back together; nothing: no more tries.
/// Source: Standard Webhooks 1.0, example retry schedule.
std::optional<std::chrono::milliseconds> delay_after(int tries, std::string_view seed);

/// How long an endpoint that failed so many times in a row is left alone, whichever event's turn it is:
/// nothing for the first few, then a second, doubling to a minute.
std::chrono::milliseconds hold_after(int failures, std::string_view seed);

/// The seconds of a Retry-After header, at most an hour; 0 for a date or anything else.
std::chrono::seconds parse_retry_after(std::string_view value);

}  // namespace accessd::webhooks
