#include "base/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace accessd {
namespace {

constexpr std::size_t kUrlMax = 2000;  // What every browser takes.

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::optional<std::string> part(const Url& url, CURLUPart which)
{
    char* raw = nullptr;
    if (curl_url_get(url.get(), which, &raw, CURLU_NO_DEFAULT_PORT) != CURLUE_OK) {
        return std::nullopt;
    }
    std::string text{raw};
    curl_free(raw);
    return text;
}

/// libcurl's parser (the URL standard of RFC 3986 plus what browsers take), with our stricter rules:
/// no blanks, controls or characters beyond ASCII, no backslash that a browser reads as a slash.
Url parse(std::string_view text)
{
    if (text.size() > kUrlMax) return nullptr;
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '\\' && c != '<' && c != '>' && c != '"';
    });
    if (!is_plain) return nullptr;
    // libcurl takes one slash or three, too; browsers then read another address.
    const auto host_start = text.substr(0, text.find(':')).size() + 3;
    if (text.substr(0, host_start).substr(host_start - 3) != "://") return nullptr;
    if (text.substr(host_start).starts_with('/')) return nullptr;

    Url url{curl_url()};
    if (curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(),
                     CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        return nullptr;
    }
    const auto scheme = part(url, CURLUPART_SCHEME);
    const auto host = part(url, CURLUPART_HOST);
    if (!scheme || !host || host->empty()) return nullptr;
    if (part(url, CURLUPART_USER) || part(url, CURLUPART_PASSWORD)) return nullptr;
    if (*scheme == "https" || (*scheme == "http" && is_loopback_host(*host))) return url;
    return nullptr;
}

}  // namespace

bool is_loopback_host(std::string_view host)
{
    if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host == "::1") {
        return true;
    }
    return host.starts_with("127.") && std::all_of(host.begin(), host.end(), [](char c) {
               return c == '.' || (c >= '0' && c <= '9');
           });
}

bool is_web_url(std::string_view text)
{
    const auto url = parse(text);
    return url != nullptr && text.find('#') == std::string_view::npos;
}

bool is_web_origin(std::string_view text)
{
    const auto url = parse(text);
    if (url == nullptr) return false;
    const bool has_capitals =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (has_capitals) return false;
    auto origin = *part(url, CURLUPART_SCHEME) + "://" + *part(url, CURLUPART_HOST);
    if (const auto port = part(url, CURLUPART_PORT)) origin += ":" + *port;
    return text == origin;
}

}  // namespace accessd
