#include "http/head_check.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace accessd::http {
namespace {

/// Longest request line besides its target: method, two spaces, version.
constexpr std::size_t kLineBesidesTargetMax = 32 + 2 + 8;
constexpr std::size_t kLengthDigitsMax = 18;  ///< Any 18 digits fit into 64 bits.

Error malformed(const char* detail) { return Error{ErrorCode::MalformedHttp, detail}; }

constexpr bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_token_char_slow(char c)
{
    return is_alphanumeric(c) ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr auto kTokenChars = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = i < 128 && is_token_char_slow(static_cast<char>(i));
    }
    return table;
}();

bool is_token_char(char c) { return kTokenChars[static_cast<unsigned char>(c)]; }

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Printable, the horizontal tab, and bytes above ASCII, which old clients send.
bool is_value_char(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

bool is_target_char(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

bool is_host_char(char c)
{
    return is_alphanumeric(c) || std::string_view{"-._:[]%~"}.find(c) != std::string_view::npos;
}

bool equals_no_case(std::string_view text, std::string_view lower)
{
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What of a head decides where the body ends and whom the request is for.
struct Framing {
    bool is_http_1_0 = false;
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
};

Result<void> check_request_line(std::string_view line, Framing& framing)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return malformed("request line");
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(line.substr(0, first))) return malformed("method");
    if (!target.starts_with('/')) return malformed("target is not a path");
    if (!std::all_of(target.begin(), target.end(), is_target_char)) {
        return malformed("characters of the target");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed("version");
    framing.is_http_1_0 = version == "HTTP/1.0";
    return {};
}

Result<void> check_length(std::string_view value)
{
    const bool is_number =
        !value.empty() && value.size() <= kLengthDigitsMax &&
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return malformed("Content-Length");
    return {};
}

Result<void> check_field(std::string_view line, Framing& framing)
{
    if (line.front() == ' ' || line.front() == '\t') return malformed("folded header");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("header without a colon");
    const auto name = line.substr(0, colon);
    if (!is_token(name)) return malformed("header name");
    const auto value = trim(line.substr(colon + 1));
    if (!std::all_of(value.begin(), value.end(), is_value_char)) return malformed("header value");

    if (equals_no_case(name, "host")) {
        ++framing.hosts;
        if (!std::all_of(value.begin(), value.end(), is_host_char)) return malformed("Host");
    } else if (equals_no_case(name, "content-length")) {
        ++framing.lengths;
        ACCESSD_CHECK(check_length(value));
    } else if (equals_no_case(name, "transfer-encoding")) {
        ++framing.encodings;
        if (!equals_no_case(value, "chunked")) return malformed("Transfer-Encoding");
    }
    return {};
}

Result<void> check_framing(const Framing& framing)
{
    if (framing.hosts > 1) return malformed("repeated Host");
    if (framing.hosts == 0 && !framing.is_http_1_0) return malformed("no Host");
    if (framing.lengths > 1) return malformed("repeated Content-Length");
    if (framing.encodings > 1) return malformed("repeated Transfer-Encoding");
    if (framing.lengths + framing.encodings > 1) {
        return malformed("Content-Length beside Transfer-Encoding");
    }
    if (framing.encodings > 0 && framing.is_http_1_0) {
        return malformed("Transfer-Encoding in HTTP/1.0");
    }
    return {};
}

/// The target of a request line that may not be complete yet is not longer than this.
std::size_t target_length_at_least(std::string_view line)
{
    const auto first = line.find(' ');
    if (first == std::string_view::npos) return 0;
    const auto last = line.find(' ', first + 1);
    return (last == std::string_view::npos ? line.size() : last) - first - 1;
}

}  // namespace

Result<std::size_t> HeadScanner::scan(std::string_view bytes, std::size_t head_max,
                                      std::size_t target_max)
{
    if (!bytes.empty() && !is_token_char(bytes.front())) return malformed("first byte");
    for (;;) {
        const auto feed = bytes.find('\n', seen_);
        const auto line = bytes.substr(line_start_, feed - line_start_);  // npos: all there is
        if (line_start_ == 0) {
            if (target_length_at_least(line) > target_max) return Error{ErrorCode::UriTooLong};
            if (line.size() > target_max + kLineBesidesTargetMax) return malformed("request line");
        }
        if (feed == std::string_view::npos) break;
        if (feed == line_start_ || bytes[feed - 1] != '\r') return malformed("bare line feed");
        seen_ = feed + 1;
        if (seen_ > head_max) return Error{ErrorCode::HeadersTooLarge};
        if (feed == line_start_ + 1) return seen_;  // an empty line
        line_start_ = seen_;
    }
    seen_ = bytes.size();
    if (seen_ > head_max) return Error{ErrorCode::HeadersTooLarge};
    return std::size_t{0};
}

Result<void> check_head(std::string_view head)
{
    Framing framing;
    bool is_first = true;
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        if (end == std::string_view::npos) return malformed("line without an end");
        const auto line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.empty()) break;
        if (is_first) {
            ACCESSD_CHECK(check_request_line(line, framing));
        } else {
            ACCESSD_CHECK(check_field(line, framing));
        }
        is_first = false;
    }
    if (is_first) return malformed("request line");
    return check_framing(framing);
}

}  // namespace accessd::http
