#include "access/redirect.h"

#include "base/percent_encoding.h"

#include <algorithm>

namespace accessd::access {

std::string redirect_with_code(std::string_view redirect_url, const Secret& code,
                               std::string_view state)
{
    std::string url{redirect_url};
    if (url.find('?') == std::string::npos) {
        url += '?';
    } else if (!url.ends_with('?') && !url.ends_with('&')) {
        url += '&';
    }
    url += "code=" + percent_encoded(code.reveal());
    if (!state.empty()) url += "&state=" + percent_encoded(state);
    return url;
}

std::string origin_of(std::string_view url)
{
    constexpr std::string_view separator = "://";
    const auto scheme = url.find(separator);
    if (scheme == std::string_view::npos) return {};
    const auto end = url.find_first_of("/?#", scheme + separator.size());
    return std::string{url.substr(0, end)};
}

std::string policy_source_of(std::string_view url)
{
    auto origin = origin_of(url);
    const bool is_plain = std::all_of(origin.begin(), origin.end(), [](char c) {
        return is_unreserved(c) || c == ':' || c == '/';
    });
    if (!is_plain) origin.resize(origin.find(':') + 1);
    return origin;
}

}  // namespace accessd::access
