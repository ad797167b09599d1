#pragma once

#include "support/descriptor.h"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace accessd::bench {

/// A connection to a port of this machine; blocking. Throws std::runtime_error.
Descriptor connect_loopback(std::uint16_t port);

/// A listening socket on a free port of this machine; non-blocking. Throws std::runtime_error.
Descriptor listen_loopback();
std::uint16_t port_of(const Descriptor& socket);

/// A port that is free at the moment of asking.
std::uint16_t free_port();

void make_non_blocking(const Descriptor& socket);

/// Throws std::runtime_error: what was tried, and errno in words.
[[noreturn]] void fail(const std::string& what);

struct HttpAnswer {
    int status = 0;
    std::string body;
};

/// One request over a connection of its own, for what is not measured. Waits at most 10 s.
/// Throws std::runtime_error when there is no answer.
HttpAnswer call(std::uint16_t port, std::string_view method, std::string_view path,
                std::string_view token = {}, std::string_view json = {});

/// A request as it goes over the wire, to be answered on a connection that stays open.
std::string request_text(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view json);

}  // namespace accessd::bench
