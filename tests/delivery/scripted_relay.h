#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace accessd::test {

/// An SMTP relay on the loopback that answers by script and remembers what it was told. It serves
/// one connection after the other, each until the client leaves.
class ScriptedRelay {
public:
    /// Answers by the command's first word in upper case; "." answers the message, "220" greets.
    /// An empty answer says nothing and waits; "drop" closes the connection.
    using Script = std::map<std::string, std::string>;

    explicit ScriptedRelay(Script script = {}) : script_(std::move(script))
    {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        ::bind(listener_, any, size);
        ::listen(listener_, 8);
        ::getsockname(listener_, any, &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { run(); }};
    }
    ~ScriptedRelay()
    {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    ScriptedRelay(const ScriptedRelay&) = delete;
    ScriptedRelay& operator=(const ScriptedRelay&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }
    std::vector<std::string> commands() const
    {
        const std::scoped_lock lock{mutex_};
        return commands_;
    }
    /// The messages as they came over the wire, still dot-stuffed.
    std::vector<std::string> messages() const
    {
        const std::scoped_lock lock{mutex_};
        return messages_;
    }

private:
    bool is_readable(int socket) const
    {
        while (!stopping_) {
            pollfd waited{socket, POLLIN, 0};
            if (::poll(&waited, 1, 20) > 0) return true;
        }
        return false;
    }

    void run()
    {
        while (is_readable(listener_)) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            ++connections_;
            buffer_.clear();
            serve(socket);
            ::close(socket);
        }
    }

    /// One line or, in a message, all up to the final dot; false when the client has left.
    bool read_until(int socket, std::string_view end, std::string& text)
    {
        while (buffer_.find(end) == std::string::npos) {
            std::array<char, 4096> bytes{};
            if (!is_readable(socket)) return false;
            const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
            if (count <= 0) return false;
            buffer_.append(bytes.data(), static_cast<std::size_t>(count));
        }
        const auto length = buffer_.find(end) + end.size();
        text = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return true;
    }

    /// False when the script drops the connection.
    bool answer(int socket, const std::string& word, const std::string& usual)
    {
        const auto scripted = script_.find(word);
        const auto& text = scripted == script_.end() ? usual : scripted->second;
        if (text == "drop") return false;
        if (text.empty()) return true;
        const auto line = text + "\r\n";
        return ::send(socket, line.data(), line.size(), MSG_NOSIGNAL) > 0;
    }

    void serve(int socket)
    {
        if (!answer(socket, "220", "220 relay.example ready")) return;
        std::string line;
        while (read_until(socket, "\r\n", line)) {
            line.resize(line.size() - 2);
            const auto word = line.substr(0, line.find_first_of(" :"));
            {
                const std::scoped_lock lock{mutex_};
                commands_.push_back(line);
            }
            const auto usual = word == "EHLO"   ? "250-relay.example\r\n250 8BITMIME"
                               : word == "DATA" ? "354 go on"
                               : word == "QUIT" ? "221 bye"
                                                : "250 2.0.0 ok";
            if (!answer(socket, word, usual)) return;
            if (word != "DATA" || script_.contains("DATA")) continue;
            std::string message;
            if (!read_until(socket, "\r\n.\r\n", message)) return;
            {
                const std::scoped_lock lock{mutex_};
                messages_.push_back(message.substr(0, message.size() - 3));
            }
            if (!answer(socket, ".", "250 2.0.0 queued as 42 for <ana@example.com>")) return;
        }
    }

    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::string buffer_;
    mutable std::mutex mutex_;
    std::vector<std::string> commands_;
    std::vector<std::string> messages_;
    std::thread thread_;
};

}  // namespace accessd::test
