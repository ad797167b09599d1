#include "http/entity_tag.h"

#include "base/encoding.h"
#include "crypto/hash.h"
#include "http/media_type.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::http {
namespace {

constexpr std::size_t kHashBytes = 16;  // 128 bits: nobody meets two things with one tag.

/// RFC 9110, 8.8.3: what may stand between the quotes.
bool is_tag_char(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/// Takes one tag off the front of `rest`; empty if none is there.
std::string_view take_tag(std::string_view& rest)
{
    const std::size_t open = rest.starts_with("W/") ? 2 : 0;
    if (open >= rest.size() || rest[open] != '"') return {};
    const auto close = rest.find('"', open + 1);
    if (close == std::string_view::npos) return {};
    const auto tag = rest.substr(0, close + 1);
    const auto inside = tag.substr(open + 1, close - open - 1);
    if (!std::all_of(inside.begin(), inside.end(), is_tag_char)) return {};
    rest.remove_prefix(close + 1);
    return tag;
}

}  // namespace

std::string entity_tag(const nlohmann::json& data)
{
    const auto hash =
        crypto::sha256(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return '"' + to_base64url(std::string_view{hash}.substr(0, kHashBytes)) + '"';
}

Response tagged(const nlohmann::json& data, std::string_view message, int status)
{
    return success(data, message, status).with_header("ETag", entity_tag(data));
}

Result<IfMatch> IfMatch::parse(const Request& request)
{
    IfMatch wanted;
    for (const auto& header : request.headers) {
        if (!equals_no_case(header.name, "If-Match")) continue;
        wanted.is_present_ = true;
        ACCESSD_CHECK(wanted.read(header.value));
    }
    return wanted;
}

Result<void> IfMatch::read(std::string_view value)
{
    const auto malformed = [] {
        return Error::invalid("If-Match", R"(must be * or a list of entity tags, like "x", "y")");
    };
    auto rest = trim(value);
    if (rest == "*") {
        is_any_ = true;
        return {};
    }
    for (;;) {
        const auto tag = take_tag(rest);
        if (tag.empty()) return malformed();
        tags_.emplace_back(tag);
        rest = trim(rest);
        if (rest.empty()) return {};
        if (rest.front() != ',') return malformed();
        rest = trim(rest.substr(1));
    }
}

Result<void> IfMatch::check(const nlohmann::json& data) const
{
    if (!is_present_ || is_any_) return {};
    // Ours are strong, so that W/"x" equals none of them.
    if (std::find(tags_.begin(), tags_.end(), entity_tag(data)) != tags_.end()) return {};
    return ErrorCode::PreconditionFailed;
}

}  // namespace accessd::http
