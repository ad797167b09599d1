#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace accessd::test {

/// A certificate for "localhost" that it signed itself, and its key, as PEM.
struct SelfSigned {
    std::string certificate;
    std::string key;
};
SelfSigned make_self_signed();

/// A web server on the loopback that answers every request with the bytes it was given, and remembers what it
/// was asked. Connections stay open unless the script says otherwise.
class ScriptedHost {
public:
    struct Script {
        std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        bool speaks_first = false;                ///< Answers before it is asked, and closes.
        bool closes = false;                      ///< After the answer.
        std::chrono::milliseconds pause{};        ///< Between any two bytes of the answer; 0: none.
        const SelfSigned* certificate = nullptr;  ///< Speaks TLS with it.
    };

    ScriptedHost() : ScriptedHost(Script{}) {}
    explicit ScriptedHost(Script script);
    ~ScriptedHost();
    ScriptedHost(const ScriptedHost&) = delete;
    ScriptedHost& operator=(const ScriptedHost&) = delete;

    std::string url(const std::string& host = "127.0.0.1", const std::string& path = "/hook") const;
    int connections() const { return connections_; }
    std::vector<std::string> requests() const;

private:
    class Peer;
    void run();
    void serve(int socket);
    bool read_request(Peer& peer, std::string& buffer, std::string& request);

    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::vector<std::thread> threads_;  ///< Of thread_ alone.
    std::thread thread_;
};

}  // namespace accessd::test
