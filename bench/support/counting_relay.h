#pragma once

#include "support/descriptor.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <vector>

namespace accessd::bench {

/// Forwards connections to a socket in the file system, and counts how often each turns round: what its client
/// sends after it heard from the server begins another round trip. A pipelined batch that the server
/// begins to answer before its end was sent may count twice, so that the count is rather too high.
class CountingRelay {
public:
    /// Listens on a free port of this machine, on a thread of its own. Throws std::runtime_error.
    explicit CountingRelay(std::filesystem::path target);
    ~CountingRelay();
    CountingRelay(const CountingRelay&) = delete;
    CountingRelay& operator=(const CountingRelay&) = delete;

    std::uint16_t port() const { return port_; }
    std::uint64_t round_trips() const { return round_trips_; }

private:
    struct Pair {
        Descriptor client;
        Descriptor server;
        bool is_answered = true;  ///< The server spoke last.
    };

    void run();
    void accept_one();
    /// False when either side is gone.
    bool forward(Pair& pair, bool from_client);

    std::filesystem::path target_;
    Descriptor listener_;
    std::uint16_t port_;
    std::vector<Pair> pairs_;
    std::atomic<std::uint64_t> round_trips_ = 0;
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

}  // namespace accessd::bench
