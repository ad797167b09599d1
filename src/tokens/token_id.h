#pragma once

#include <string_view>

namespace accessd::tokens {

/// Of a token's `jti`: an id like others, so that it tells the millisecond it was made in.
inline constexpr std::string_view kTokenIdPrefix = "tok_";

}  // namespace accessd::tokens
