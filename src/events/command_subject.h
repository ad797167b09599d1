#pragma once

#include <string_view>

namespace accessd::events {

/// Who commands on this machine are, as actor and as the subject of a caller. Ids of keys and admins begin otherwise.
inline constexpr std::string_view kCommandSubject = "command";

}  // namespace accessd::events
