#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace accessd::test {

/// An answer as it came over the wire; names of headers in lower case.
struct RawAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
};

/// A client that sends what it is told, right or wrong. Waits 8 seconds at most for anything.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        const timeval timeout{.tv_sec = 8, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // The socket functions take any kind of address through this type.
        const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
        if (::connect(socket_, any, sizeof address) != 0) throw std::runtime_error{"connect"};
    }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { ::close(socket_); }

    int handle() const { return socket_; }

    void send(std::string_view bytes) const
    {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the server had enough; the answer tells why
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void finish() const { ::shutdown(socket_, SHUT_WR); }

    /// The next answer, or nothing if the server closed first. `has_body`: false after HEAD.
    std::optional<RawAnswer> read(bool has_body = true)
    {
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
            if (!receive()) return std::nullopt;
        }
        auto answer = parse_head(received_.substr(0, end + 2));
        received_.erase(0, end + 4);
        const auto length = answer.headers.find("content-length");
        if (!has_body || length == answer.headers.end()) return answer;
        const auto size = std::strtoul(length->second.c_str(), nullptr, 10);
        while (received_.size() < size) {
            if (!receive()) return std::nullopt;
        }
        answer.body = received_.substr(0, size);
        received_.erase(0, size);
        return answer;
    }

    /// Whether the server closed, and sent nothing more before that.
    bool is_closed() { return received_.empty() && !receive(); }

private:
    bool receive()
    {
        std::array<char, 8192> bytes{};
        const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count < 0 && errno == EAGAIN) {
            throw std::runtime_error{"the server neither answered nor closed"};
        }
        if (count <= 0) return false;
        received_.append(bytes.data(), static_cast<std::size_t>(count));
        return true;
    }

    static RawAnswer parse_head(const std::string& head)
    {
        RawAnswer answer;
        answer.status = std::atoi(head.substr(9, 3).c_str());
        auto start = head.find("\r\n") + 2;
        while (start < head.size()) {
            const auto end = head.find("\r\n", start);
            const auto colon = head.find(": ", start);
            auto name = head.substr(start, colon - start);
            for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            answer.headers[name] = head.substr(colon + 2, end - colon - 2);
            start = end + 2;
        }
        return answer;
    }

    int socket_;
    std::string received_;
};

}  // namespace accessd::test
