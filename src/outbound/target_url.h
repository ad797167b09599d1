#pragma once

#include "outbound/guard.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::outbound {

/// Where an HTTP request goes.
struct TargetUrl {
    bool is_https = false;
    Guard::Host host;
    int port = 0;  ///< The scheme's own where the URL names none.
};

/// An absolute URL of http or https that everybody reads alike: at most 2,000 printable ASCII characters,
/// without credentials, fragment or backslash, its host one of parse_host(). Nothing otherwise: parsers differ
/// about the rest, and what one checks must be where the other connects.
std::optional<TargetUrl> parse_target_url(std::string_view text);

}  // namespace accessd::outbound
