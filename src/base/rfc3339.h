#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace accessd {

/// RFC 3339 in UTC, to the second or the millisecond: what to_rfc3339() and its readers write. Nothing for
/// other forms, days that don't exist, and times before 1970.
std::optional<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace accessd
