#pragma once

#include "base/clock.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace accessd::http {

/// Values that may be missing, as JSON shows them: null for an empty text or an absent value.
nlohmann::json or_null(const std::string& text);
nlohmann::json or_null(const std::optional<std::string>& text);
nlohmann::json or_null(const std::optional<TimePoint>& time);

}  // namespace accessd::http
