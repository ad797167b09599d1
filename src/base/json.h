#pragma once

#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace accessd {

/// Reads JSON as strictly as RFC 8259 allows and then some: duplicate names, trailing data, invalid
/// UTF-8, more than `depth_max` levels, and numbers that a double or a 64-bit integer can't hold
/// (or of more than 32 characters) are refused.
/// Errors: InvalidJson with `details` line and column (both from 1, column in bytes) and a sentence.
Result<nlohmann::json> parse_json(std::string_view text, int depth_max = 32);

}  // namespace accessd
