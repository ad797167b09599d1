#include "access/redirect.h"

namespace accessd::access {
namespace {

/// RFC 3986, 2.3.
bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4U];
        encoded += digits[byte & 15U];
    }
    return encoded;
}

}  // namespace

std::string redirect_with(std::string_view url, std::string_view code, std::string_view state)
{
    std::string target{url};
    const auto query = url.find('?');
    if (query == std::string_view::npos) {
        target += '?';
    } else if (!url.ends_with('?') && !url.ends_with('&')) {
        target += '&';
    }
    target += "code=" + percent_encoded(code);
    if (!state.empty()) target += "&state=" + percent_encoded(state);
    return target;
}

}  // namespace accessd::access
