#include "outbound/connection_watch.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace accessd::outbound {
namespace {

std::optional<IpAddress> address_of(const curl_sockaddr& target)
{
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&target.addr);
    if (target.family == AF_INET) {
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), begin + offsetof(sockaddr_in, sin_addr), bytes.size());
        return IpAddress::from_bytes(bytes);
    }
    if (target.family != AF_INET6) return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), begin + offsetof(sockaddr_in6, sin6_addr), bytes.size());
    return IpAddress::from_bytes(bytes);
}

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* target)
{
    auto* watch = static_cast<ConnectionWatch*>(context);
    if (watch != nullptr && watch->guard != nullptr) {
        const auto address = address_of(*target);
        const bool is_allowed =
            address && (watch->is_only_for_opened ? watch->guard->is_opened(*address)
                                                  : watch->guard->allows(*address));
        if (!is_allowed) {
            watch->refused = true;
            return CURL_SOCKET_BAD;
        }
    }
    return ::socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

}  // namespace

void watch_connections(void* easy_handle, ConnectionWatch* watch)
{
    curl_easy_setopt(easy_handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy_handle, CURLOPT_OPENSOCKETDATA, watch);
}

}  // namespace accessd::outbound
