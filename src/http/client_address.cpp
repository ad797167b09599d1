#include "http/client_address.h"

#include "http/media_type.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace accessd::http {
namespace {

/// Proxies write "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711".
std::optional<IpAddress> parse_hop(std::string_view text)
{
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        return IpAddress::parse(text.substr(1, close - 1));
    }
    const auto colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
    return IpAddress::parse(has_port ? text.substr(0, colon) : text);
}

/// All the lines of the header as one list.
std::string forwarded_for(const Request& request)
{
    std::string list;
    for (const auto& header : request.headers) {
        if (!equals_no_case(header.name, "X-Forwarded-For")) continue;
        if (!list.empty()) list += ',';
        list += header.value;
    }
    return list;
}

}  // namespace

bool is_trusted(const IpAddress& address, const std::vector<IpNetwork>& trusted)
{
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const IpNetwork& network) { return network.contains(address); });
}

std::string client_address(const std::string& peer, const Request& request,
                           const std::vector<IpNetwork>& trusted)
{
    if (trusted.empty()) return peer;
    auto client = IpAddress::parse(peer);
    if (!client || !is_trusted(*client, trusted)) return peer;
    const auto list = forwarded_for(request);
    std::string_view rest = list;
    while (!rest.empty()) {
        const auto comma = rest.rfind(',');
        const auto begin = comma == std::string_view::npos ? 0 : comma + 1;
        const auto hop = parse_hop(trim(rest.substr(begin)));
        if (!hop) break;
        client = hop;
        if (!is_trusted(*hop, trusted)) break;
        rest = rest.substr(0, begin == 0 ? 0 : comma);
    }
    return client->text();
}

}  // namespace accessd::http
