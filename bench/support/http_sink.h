#pragma once

#include "support/descriptor.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace accessd::bench {

/// A web server that answers every request with 204 and counts them. One thread drives all connections.
class HttpSink {
public:
    /// `on_request` is called on the sink's thread with each request, before it is answered; empty: nobody looks.
    using OnRequest = std::function<void(std::string_view request)>;
    explicit HttpSink(OnRequest on_request = {});
    ~HttpSink();
    HttpSink(const HttpSink&) = delete;
    HttpSink& operator=(const HttpSink&) = delete;

    std::uint16_t port() const { return port_; }
    std::size_t requests() const { return requests_; }

private:
    struct Session {
        Descriptor socket;
        std::string received;
    };

    void watch(int descriptor) const;
    void run();
    void accept();
    bool read(Session& session);

    OnRequest on_request_;
    Descriptor listening_;
    Descriptor epoll_;
    Descriptor stop_;
    std::uint16_t port_;
    std::atomic<std::size_t> requests_{0};
    std::unordered_map<int, Session> sessions_;
    std::thread thread_;
};

}  // namespace accessd::bench
