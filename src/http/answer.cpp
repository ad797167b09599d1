#include "http/answer.h"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace accessd::http {
namespace {

constexpr std::size_t kHeadBytesTypical = 400;

/// What a page may read of an answer besides its body.
constexpr std::string_view kExposedHeaders =
    "X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, ETag, "
    "Idempotency-Replayed";

std::string lower(std::string_view text)
{
    std::string result{text};
    for (auto& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return result;
}

/// Formats at most once per second and thread.
const std::string& http_date_now(TimePoint now)
{
    thread_local std::int64_t second = -1;
    thread_local std::string text;
    const auto current = unix_seconds(now);
    if (text.empty() || current != second) {
        second = current;
        text = to_http_date(now);
    }
    return text;
}

bool is_name(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                        [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

void append_header(std::string& wire, std::string_view name, std::string_view value)
{
    wire += name;
    wire += ": ";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= 0x20 && byte != 0x7f) || c == '\t') wire += c;
    }
    wire += "\r\n";
}

/// The headers a handler added; true if Cache-Control is among them.
bool append_own_headers(std::string& wire, const std::vector<Header>& headers)
{
    bool has_cache_control = false;
    for (const auto& header : headers) {
        if (!is_name(header.name)) continue;
        const auto name = lower(header.name);
        const bool is_ours = name == "content-length" || name == "transfer-encoding" ||
                             name == "connection" || name == "date" || name == "x-request-id" ||
                             name == "server" || name == "content-type";
        if (is_ours) continue;
        has_cache_control = has_cache_control || name == "cache-control";
        append_header(wire, header.name, header.value);
    }
    return has_cache_control;
}

void append_status_line(std::string& wire, int status)
{
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    wire += "HTTP/1.1 ";
    wire += std::to_string(status);
    wire += ' ';
    wire.append(reason.data(), reason.size());
    wire += "\r\n";
}

}  // namespace

std::string to_wire(const Response& response, const AnswerFrame& frame)
{
    const bool may_have_body = response.status != 204 && response.status != 304;
    std::string wire;
    wire.reserve(kHeadBytesTypical + response.body.size());
    append_status_line(wire, response.status);
    append_header(wire, "Server", "accessd");
    append_header(wire, "Date", http_date_now(frame.now));
    if (may_have_body) {
        if (!response.content_type.empty()) {
            append_header(wire, "Content-Type", response.content_type);
        }
        // The end of the connection is the end of a body that goes on.
        if (response.live == nullptr) {
            append_header(wire, "Content-Length", std::to_string(response.body.size()));
        }
    }
    append_header(wire, "X-Request-Id", frame.request_id);
    append_header(wire, "X-Content-Type-Options", "nosniff");
    if (!append_own_headers(wire, response.headers)) wire += "Cache-Control: no-store\r\n";
    if (frame.varies_by_origin) wire += "Vary: Origin\r\n";
    if (!frame.allowed_origin.empty()) {
        append_header(wire, "Access-Control-Allow-Origin", frame.allowed_origin);
        append_header(wire, "Access-Control-Expose-Headers", kExposedHeaders);
    }
    if (!frame.keeps_alive) wire += "Connection: close\r\n";
    if (frame.keeps_alive && frame.is_http_1_0) wire += "Connection: keep-alive\r\n";
    wire += "\r\n";
    if (may_have_body && !frame.is_head) wire += response.body;
    return wire;
}

std::string to_http_date(TimePoint time)
{
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

}  // namespace accessd::http
