#include "support/loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace accessd::bench {
namespace {

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// The socket functions take any kind of address through this type.
const sockaddr* any(const sockaddr_in& address)
{
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

}  // namespace

void fail(const std::string& what)
{
    throw std::runtime_error{what + ": " + std::generic_category().message(errno)};
}

Descriptor connect_loopback(std::uint16_t port)
{
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = loopback(port);
    if (::connect(socket.get(), any(address), sizeof address) != 0) fail("connect");
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

Descriptor listen_loopback()
{
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const auto address = loopback(0);
    if (::bind(socket.get(), any(address), sizeof address) != 0) fail("bind");
    if (::listen(socket.get(), SOMAXCONN) != 0) fail("listen");
    return socket;
}

std::uint16_t port_of(const Descriptor& socket)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    auto* any_address = static_cast<sockaddr*>(static_cast<void*>(&address));
    if (::getsockname(socket.get(), any_address, &size) != 0) fail("getsockname");
    return ntohs(address.sin_port);
}

std::uint16_t free_port() { return port_of(listen_loopback()); }

void make_non_blocking(const Descriptor& socket)
{
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0) fail("fcntl");
}

std::string request_text(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view json)
{
    std::string text;
    text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    if (!token.empty()) text.append("Authorization: Bearer ").append(token).append("\r\n");
    if (!json.empty()) {
        text.append("Content-Type: application/json\r\nContent-Length: ")
            .append(std::to_string(json.size()))
            .append("\r\n");
    }
    return text.append("\r\n").append(json);
}

HttpAnswer call(std::uint16_t port, std::string_view method, std::string_view path,
                std::string_view token, std::string_view json)
{
    const auto socket = connect_loopback(port);
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    auto text = request_text(method, path, token, json);
    text.insert(text.find("\r\n") + 2, "Connection: close\r\n");
    const auto sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(text.size())) fail("send");

    std::string received;
    std::array<char, 8192> bytes{};
    for (;;) {
        const auto count = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
        if (count < 0) fail("no answer to " + std::string{path});
        if (count == 0) break;
        received.append(bytes.data(), static_cast<std::size_t>(count));
    }
    const auto head = received.find("\r\n\r\n");
    if (head == std::string::npos || head < 12) {
        throw std::runtime_error{"no answer to " + std::string{path}};
    }
    return {std::stoi(received.substr(9, 3)), received.substr(head + 4)};
}

}  // namespace accessd::bench
