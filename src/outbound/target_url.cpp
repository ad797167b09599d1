#include "outbound/target_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace accessd::outbound {
namespace {

constexpr std::size_t kUrlMax = 2000;
constexpr int kPortMax = 65535;

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

bool is_plain(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view{"\\<>\"^`{|}#"}.find(c) == std::string_view::npos;
    });
}

std::optional<int> parse_port(std::string_view digits)
{
    int port = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc{} || stopped != end || digits.front() == '-') return std::nullopt;
    if (port < 1 || port > kPortMax) return std::nullopt;
    return port;
}

/// "host", "host:1", "[::1]", "[::1]:1" into host and port.
std::optional<TargetUrl> parse_authority(std::string_view authority, bool is_https)
{
    TargetUrl target;
    target.is_https = is_https;
    target.port = is_https ? 443 : 80;
    const auto bracket = authority.rfind(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return std::nullopt;
        target.port = *port;
        authority = authority.substr(0, colon);
    }
    auto host = parse_host(authority);
    if (!host) return std::nullopt;
    target.host = *std::move(host);
    return target;
}

/// Whether libcurl, which connects, reads the same host in it.
bool is_read_alike(std::string_view text, const TargetUrl& target)
{
    const Url url{curl_url()};
    if (curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(), 0) != CURLUE_OK) {
        return false;
    }
    char* raw = nullptr;
    if (curl_url_get(url.get(), CURLUPART_HOST, &raw, 0) != CURLUE_OK) return false;
    const auto read = parse_host(raw);
    curl_free(raw);
    return read && read->text == target.host.text;
}

}  // namespace

std::optional<TargetUrl> parse_target_url(std::string_view text)
{
    if (text.size() > kUrlMax || !is_plain(text)) return std::nullopt;
    const bool is_https = text.starts_with("https://");
    if (!is_https && !text.starts_with("http://")) return std::nullopt;
    const auto rest = text.substr(is_https ? 8 : 7);
    auto target = parse_authority(rest.substr(0, rest.find_first_of("/?")), is_https);
    if (!target || !is_read_alike(text, *target)) return std::nullopt;
    return target;
}

}  // namespace accessd::outbound
