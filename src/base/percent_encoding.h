#pragma once

#include <string>
#include <string_view>

namespace accessd {

/// Whether a character stands for itself in every part of a URL (RFC 3986, 2.3).
bool is_unreserved(char c);

/// For a part of a URL: every byte but unreserved characters as %XX (RFC 3986, 2.1).
std::string percent_encoded(std::string_view text);

}  // namespace accessd
