#pragma once

#include "support/descriptor.h"
#include "support/tls_wire.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::bench {

struct Answer {
    int status = 0;
    std::string_view body;
    std::chrono::microseconds took{};  ///< From writing the request to reading all of the answer.
};

/// What the connections of a LoadGenerator say. Called by its thread alone.
class Script {
public:
    virtual ~Script() = default;
    /// The next request of a connection; empty while it has nothing to say. The text must live
    /// until the next call.
    virtual std::string_view next_request(std::size_t slot) = 0;
    virtual void on_answer(std::size_t slot, const Answer& answer) = 0;
    /// After wake(): the connections that have something to say again.
    virtual std::vector<std::size_t> take_woken() { return {}; }
    /// Whether nothing more will be said.
    virtual bool is_done() const = 0;
};

/// Many keep-alive HTTP connections to one server, with one request at a time on each, driven by
/// one thread: the less it costs, the more the server shows of itself on a shared machine.
class LoadGenerator {
public:
    enum class Wire { Plain, Tls };
    /// Opens the connections, their handshakes included. Throws std::runtime_error.
    LoadGenerator(std::uint16_t port, std::size_t connections, Wire wire = Wire::Plain);

    /// Runs the script to its end. Throws std::runtime_error when the server closes a connection,
    /// or when the script hasn't ended `patience` after it began.
    void run(Script& script, std::chrono::seconds patience);

    /// Makes run() ask Script::take_woken(). Threads: any.
    void wake() const;

private:
    struct Connection {
        Descriptor socket;  ///< Of a plain connection.
        std::optional<TlsWire> tls;
        std::string received;
        std::chrono::steady_clock::time_point asked_at;
        bool waits = false;  ///< For an answer.
    };

    void watch(int descriptor, std::uint64_t number) const;
    static void write(Connection& connection, std::string_view request);
    static bool read(Connection& connection);
    void ask(Script& script, std::size_t slot);
    void hear(Script& script, std::size_t slot);
    void hear_wake(Script& script);

    Descriptor epoll_;
    Descriptor wake_;
    std::vector<Connection> connections_;
};

}  // namespace accessd::bench
