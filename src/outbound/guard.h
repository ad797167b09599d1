#pragma once

#include "base/ip_network.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::outbound {

/// The addresses of a name; empty: it doesn't resolve, or not in time.
using Resolve = std::function<std::vector<IpAddress>(const std::string& host)>;

/// Asks the system's resolver and waits 3 s at most, so that a name server that hangs holds no request.
/// Threads: safe to call concurrently.
std::vector<IpAddress> resolve_with_system(const std::string& host);

/// Whether an address belongs to the public Internet: not private, loopback, link-local, shared, multicast,
/// reserved, for documentation or for the metadata of a cloud. IPv6 addresses that carry an IPv4 one (mapped,
/// 6to4, NAT64) are judged by that.
/// Source: IANA's special-purpose address registries (RFC 6890 and its updates).
bool is_public(const IpAddress& address);

/// Decides where connections may go whose host was set over the API. What counts is the address that is
/// connected to (connection_watch.h); the check of a name when it is saved only tells early.
/// Threads: safe to call concurrently.
class Guard {
public:
    /// `allowed`: inner networks that the operator opened.
    explicit Guard(std::vector<IpNetwork> allowed, Resolve resolve = resolve_with_system);

    bool allows(const IpAddress& address) const;
    /// Whether the operator opened this address, which isn't public.
    bool is_opened(const IpAddress& address) const;

    /// What a host is when it is saved.
    struct Host {
        std::string text;                  ///< In lower case, an IPv6 address without brackets.
        std::optional<IpAddress> address;  ///< If it is one.
        bool is_resolved = true;           ///< False: nobody knows the name now. Worth a warning.
    };
    /// Errors: InvalidRequest about `field` for what is no host name or address; UrlNotAllowed with
    /// details.field where it leads to an address that isn't allowed.
    Result<Host> check_host(std::string_view host, std::string_view field) const;

private:
    std::vector<IpNetwork> allowed_;
    Resolve resolve_;
};

/// A host as a URL would take it, or nothing: an address, or a name of letters, digits, hyphens and dots. Names
/// that end in a number ("2130706433", "0x7f.1", "127.1") are none: resolvers read them as addresses.
/// Source: WHATWG URL, 3.5 ("ends in a number").
std::optional<Guard::Host> parse_host(std::string_view host);

}  // namespace accessd::outbound
