#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace accessd {

/// A moment as RFC 3339 writes it in UTC: "2026-03-01T09:30:00Z", with or without a fraction of the second, of
/// which milliseconds count. Nothing for anything else, and for years before 1970.
std::optional<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace accessd
