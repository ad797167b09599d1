#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::config {

/// The candidate that was probably meant by a mistyped word: few letters are wrong, missing, added
/// or swapped, or the word is one without the ending behind an underscore ("timeout" for
/// "timeout_seconds"). Hyphens count as underscores and capitals as small letters.
/// Nothing if none is close.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace accessd::config
