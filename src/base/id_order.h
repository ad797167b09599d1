#pragma once

#include "base/clock.h"

#include <string>
#include <string_view>

namespace accessd {

/// Not greater than any id of base/id.h with this prefix made at `time` or later, and greater than all that
/// were made before: lets rows be found by age in an index of ids.
std::string first_id_at(std::string_view prefix, TimePoint time);

}  // namespace accessd
