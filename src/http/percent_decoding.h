#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace accessd::http {

enum class Plus {
    Itself,  ///< In a path.
    Blank,   ///< In a query, as forms write it.
};

/// Text written with percent-encoding (RFC 3986, 2.1). Nothing for a percent sign without two
/// hexadecimal digits, for a NUL, and for what isn't UTF-8 in the end.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

}  // namespace accessd::http
