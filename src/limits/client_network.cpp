#include "limits/client_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace accessd::limits {
namespace {

constexpr std::size_t kNetworkBytes = 8;  // Of the 16 of an IPv6 address: a /64.

std::string to_text(int family, const void* bytes)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* written = inet_ntop(family, bytes, text.data(), text.size());
    return written == nullptr ? std::string{} : std::string{written};
}

}  // namespace

std::string client_network(const std::string& address)
{
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return to_text(AF_INET, &v4);
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return {};
    if (IN6_IS_ADDR_V4MAPPED(&v6)) return to_text(AF_INET, &v6.s6_addr[12]);
    std::fill(std::begin(v6.s6_addr) + kNetworkBytes, std::end(v6.s6_addr), std::uint8_t{0});
    return to_text(AF_INET6, &v6) + "/64";
}

}  // namespace accessd::limits
