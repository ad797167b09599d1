// The texts inside a request: paths, queries, media types, entity tags, the addresses that proxies pass on.

#include "fuzz.h"

#include "base/encoding.h"
#include "http/client_address.h"
#include "http/cookies.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/media_type.h"
#include "http/percent_decoding.h"

#include <nlohmann/json.hpp>

namespace accessd::fuzz {
namespace {

std::string percent_encode(std::string_view text)
{
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
    return encoded;
}

void check_decoding(std::string_view text)
{
    for (const auto plus : {http::Plus::Itself, http::Plus::Blank}) {
        const auto decoded = http::percent_decode(text, plus);
        if (!decoded) continue;
        require(decoded->find('\0') == std::string::npos, "no NUL gets in");
        for (std::size_t at = 0; at < decoded->size();) {
            const auto length = utf8_length(*decoded, at);
            require(length > 0, "what was decoded is UTF-8");
            at += length;
        }
        require(http::percent_decode(percent_encode(*decoded), plus) == decoded,
                "encoding and decoding changes nothing");
    }
}

void check_query(std::string_view text)
{
    http::Request request;
    request.query = text;
    http::Query query{request};
    const auto status = query.choice("status", {"pending", "validated"});
    const auto days = query.integer("days", 1, 30);
    const auto page = query.page();
    require(!status || *status == "pending" || *status == "validated", "a choice is one offered");
    require(!days || (*days >= 1 && *days <= 30), "an integer is within its rule");
    require(page.limit >= 1 && page.limit <= 200, "a page has its bound");
    if (page.after) {
        require(from_base64url(http::to_cursor(*page.after)) == page.after, "a cursor comes back");
    }
    const auto checked = query.check();
    if (checked) return;
    for (const auto& issue : checked.error().fields) {
        nlohmann::json{{"field", issue.field}, {"issue", issue.issue}}
            .dump();  // Throws unless UTF-8.
    }
}

/// Who sets cookies beside ours must not be able to set ours.
void check_cookies(std::string_view text)
{
    http::Request request;
    request.headers = {{"Cookie", std::string{text}}};
    const auto found = http::find_cookie(request, "session");
    if (found && *found) {
        require((*found)->find(';') == std::string::npos, "a cookie ends where it ends");
        require(text.find("session") != std::string_view::npos, "a cookie has its name");
    }
    request.headers.push_back({"cookie", "session=planted"});
    const auto both = http::find_cookie(request, "session");
    if (!found) require(!both, "two stay two");
    if (found) {
        require(both.has_value() == !found->has_value(), "of two cookies of one name none counts");
    }
}

void check_headers(std::string_view text)
{
    http::Accept accept;
    accept.read(text);
    require(!accept.prefers_problem() || accept.allows_json(), "a liked kind is an allowed one");
    if (http::is_json_type(text)) {
        require(http::equals_no_case(http::trim(text).substr(0, 16), "application/json"),
                "JSON calls itself JSON");
    }
    check_cookies(text);
    const auto trimmed = http::trim(text);
    require(http::trim(trimmed) == trimmed, "trimming twice trims once");

    http::Request request;
    request.headers = {{"X-Forwarded-For", std::string{text}}};
    const std::vector trusted{*IpNetwork::parse("10.0.0.0/8")};
    require(http::client_address("192.0.2.1", request, trusted) == "192.0.2.1",
            "nobody but a proxy of ours speaks for others");
    const auto client = http::client_address("10.0.0.1", request, trusted);
    const auto address = IpAddress::parse(client);
    require(address && address->text() == client, "a client is an address in its one form");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = accessd::fuzz::to_view(data, size);
    accessd::fuzz::check_decoding(text);
    accessd::fuzz::check_query(text);
    accessd::fuzz::check_headers(text);
    return 0;
}
