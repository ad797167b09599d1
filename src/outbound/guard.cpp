#include "outbound/guard.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace accessd::outbound {
namespace {

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kLabelMax = 63;

std::vector<IpNetwork> networks(std::initializer_list<std::string_view> texts)
{
    std::vector<IpNetwork> list;
    for (const auto text : texts) list.push_back(IpNetwork::parse(text).value());
    return list;
}

bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address)
{
    return std::any_of(networks.begin(), networks.end(),
                       [&](const auto& network) { return network.contains(address); });
}

const std::vector<IpNetwork>& special_v4()
{
    static const auto list = networks({
        "0.0.0.0/8",      // This network; Linux connects 0.0.0.0 to itself.
        "10.0.0.0/8",     // Private, as are 172.16 and 192.168.
        "100.64.0.0/10",  // Shared by a provider's customers; a cloud's metadata at 100.100.100.200.
        "127.0.0.0/8",    // Loopback.
        "168.63.129.16/32",  // Azure's platform server.
        "169.254.0.0/16",    // Link-local, with the metadata of most clouds.
        "172.16.0.0/12",
        "192.0.0.0/24",    // Protocols.
        "192.0.2.0/24",    // Documentation, as are 198.51.100 and 203.0.113.
        "192.88.99.0/24",  // 6to4 relays, given up.
        "192.168.0.0/16",
        "198.18.0.0/15",  // Benchmarks.
        "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4",  // Multicast.
        "240.0.0.0/4",  // Reserved, and broadcast.
    });
    return list;
}

const std::vector<IpNetwork>& special_v6()
{
    static const auto list = networks({
        "2001::/23",      // Protocols, Teredo among them.
        "2001:db8::/32",  // Documentation, as is 3fff::/20.
        "3fff::/20",
    });
    return list;
}

IpAddress v4_at(const IpAddress& address, std::size_t offset)
{
    const auto bytes = std::span{address.bytes()}.subspan(offset, 4);
    return *IpAddress::from_bytes(bytes);
}

bool is_label(std::string_view label)
{
    if (label.empty() || label.size() > kLabelMax) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

/// As resolvers read it: "0x7f", "0xc", "0x".
bool is_hex_number(std::string_view label)
{
    return label.starts_with("0x") &&
           label.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

bool ends_in_a_number(std::string_view name)
{
    const auto dot = name.rfind('.');
    const auto last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    const bool is_decimal =
        std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_decimal || is_hex_number(last);
}

bool is_name(std::string_view name)
{
    if (name.empty() || name.size() > kNameMax || ends_in_a_number(name)) return false;
    while (true) {
        const auto dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

}  // namespace

bool is_public(const IpAddress& address)
{
    if (address.is_v4()) return !contains(special_v4(), address);
    static const auto global = IpNetwork::parse("2000::/3").value();
    static const auto six_to_four = IpNetwork::parse("2002::/16").value();
    static const auto nat64 = IpNetwork::parse("64:ff9b::/96").value();
    if (six_to_four.contains(address)) return is_public(v4_at(address, 2));
    if (nat64.contains(address)) return is_public(v4_at(address, 12));
    return global.contains(address) && !contains(special_v6(), address);
}

std::optional<Guard::Host> parse_host(std::string_view host)
{
    Guard::Host parsed;
    parsed.text = host;
    for (char& c : parsed.text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (parsed.text.starts_with('[') && parsed.text.ends_with(']')) {
        parsed.text = parsed.text.substr(1, parsed.text.size() - 2);
        if (parsed.text.find(':') == std::string::npos) return std::nullopt;
    }
    parsed.address = IpAddress::parse(parsed.text);
    if (parsed.address) {
        parsed.text = parsed.address->text();
        return parsed;
    }
    if (!is_name(parsed.text)) return std::nullopt;
    return parsed;
}

Guard::Guard(std::vector<IpNetwork> allowed, Resolve resolve)
    : allowed_(std::move(allowed)), resolve_(std::move(resolve))
{
}

bool Guard::is_opened(const IpAddress& address) const
{
    return !is_public(address) && contains(allowed_, address);
}

bool Guard::allows(const IpAddress& address) const
{
    return is_public(address) || contains(allowed_, address);
}

Result<Guard::Host> Guard::check_host(std::string_view host, std::string_view field) const
{
    auto parsed = parse_host(host);
    if (!parsed) {
        return Error::invalid(std::string{field}, "must be a host name or an IP address");
    }
    const auto addresses = parsed->address ? std::vector{*parsed->address} : resolve_(parsed->text);
    parsed->is_resolved = !addresses.empty();
    const bool is_allowed = std::all_of(addresses.begin(), addresses.end(),
                                        [this](const auto& address) { return allows(address); });
    if (!is_allowed) {
        // Which address it is stays untold: the API is no way to ask the operator's name servers.
        return Error{ErrorCode::UrlNotAllowed}
            .with("field", std::string{field})
            .saying("This host leads to an address that isn't public. Whoever runs the server can "
                    "open inner networks with outbound.allow.");
    }
    return *std::move(parsed);
}

}  // namespace accessd::outbound
