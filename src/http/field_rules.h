#pragma once

#include "base/error.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::http {

// What Fields and Query have in common: rules for values, and issues put into words.

enum class Lines {
    One,
    Several,  ///< Line feeds and tabs are welcome.
};

/// What is wrong with a text: its length in characters (Unicode code points) or control characters.
/// `text` is UTF-8.
std::optional<std::string> find_text_issue(const std::string& text, std::size_t min,
                                           std::size_t max, Lines lines);

/// "must be 6 to 8", "must be at least 6"; INT64_MIN and INT64_MAX are no bounds.
std::string range_issue(std::int64_t min, std::int64_t max);

/// "must be one of en, es, pt".
std::string choice_issue(std::initializer_list<std::string_view> allowed);

/// Fails if there are issues. A body of 64 KiB can hold thousands: the answer names the first 50.
/// Errors: InvalidRequest.
Result<void> judge(std::vector<FieldIssue> issues);

}  // namespace accessd::http
