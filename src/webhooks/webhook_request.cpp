#include "webhooks/webhook_request.h"

#include "base/encoding.h"
#include "webhooks/schedule.h"
#include "webhooks/signature.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::webhooks {
namespace {

constexpr std::size_t kAnswerBytesMax = 4 * 1024;
constexpr std::size_t kHeaderBytesMax = 4 * 1024;
constexpr int kOk = 200;
constexpr int kOkEnd = 300;
constexpr int kRedirectEnd = 400;
constexpr int kGoneStatus = 410;
constexpr std::array kAskForRest{429, 502, 503, 504};

/// Bytes of others as text: what is no UTF-8, and controls, become question marks.
std::string to_shown(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = utf8_length(bytes, at);
        const auto first = static_cast<unsigned char>(bytes[at]);
        const bool is_control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f;
        if (length == 0 || is_control) {
            if (first != '\r') text += '?';
            ++at;
            continue;
        }
        text.append(bytes.substr(at, length));
        at += length;
    }
    return text;
}

/// A cut in the middle of a character leaves no question mark.
std::string_view without_half_character(std::string_view bytes)
{
    for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (byte < 0x80) return bytes;
        if (byte >= 0xc0) {
            const auto at = bytes.size() - back;
            return utf8_length(bytes, at) == 0 ? bytes.substr(0, at) : bytes;
        }
    }
    return bytes;
}

/// Cookies are the endpoint's secrets, and nobody's help in finding a fault.
std::string to_text(const std::vector<outbound::HttpHeader>& headers)
{
    auto shown = nlohmann::json::object();
    std::size_t bytes = 0;
    for (const auto& header : headers) {
        auto name = to_shown(header.name);
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        bytes += header.name.size() + header.value.size();
        if (bytes > kHeaderBytesMax) break;
        if (name == "set-cookie" || shown.contains(name)) continue;
        shown[std::move(name)] = to_shown(header.value);
    }
    return shown.dump();
}

std::string reason_of(int status)
{
    if (status >= kOk && status < kOkEnd) return {};
    if (status == kGoneStatus) return "the endpoint answered 410 Gone: it wants no more events";
    if (status >= kOkEnd && status < kRedirectEnd) {
        return "the endpoint answered with a redirect, which isn't followed";
    }
    return "the endpoint answered with status " + std::to_string(status);
}

}  // namespace

outbound::HttpRequest make_request(const std::string& url, const std::vector<Secret>& secrets,
                                   std::string_view id, std::string body, TimePoint at)
{
    outbound::HttpRequest request;
    request.url = url;
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "accessd-webhooks"},
                       {"webhook-id", std::string{id}},
                       {"webhook-timestamp", std::to_string(unix_seconds(at))},
                       {"webhook-signature", sign(secrets, id, at, body)}};
    request.body = std::move(body);
    request.timeout = kTryTimeout;
    request.connect_timeout = std::chrono::seconds{5};
    request.answer_max = kAnswerBytesMax;
    request.long_answer = outbound::LongAnswer::Cut;
    return request;
}

TryOutcome judge_try(const outbound::HttpResult& result, TimePoint started_at,
                     std::chrono::milliseconds duration)
{
    TryOutcome outcome;
    auto& made = outcome.made;
    made.started_at = started_at;
    made.duration = duration;
    if (!result) {
        made.reason = result.error().reason;
        return outcome;
    }
    made.status = result->status;
    made.reason = reason_of(result->status);
    made.headers = to_text(result->headers);
    made.answer = to_shown(result->is_cut ? without_half_character(result->body) : result->body);
    outcome.is_good = made.reason.empty();
    outcome.is_gone = result->status == kGoneStatus;
    if (std::find(kAskForRest.begin(), kAskForRest.end(), result->status) != kAskForRest.end()) {
        outcome.retry_after = parse_retry_after(result->header("Retry-After").value_or(""));
    }
    return outcome;
}

}  // namespace accessd::webhooks
