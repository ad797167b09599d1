#pragma once

#include <string>
#include <string_view>

namespace accessd::access {

/// Where a browser goes with the code of its finished login: `url` and, in its query, `code` and where there is
/// one `state`, both percent-encoded. `url` has no fragment (is_web_url).
std::string redirect_with(std::string_view url, std::string_view code, std::string_view state);

}  // namespace accessd::access
