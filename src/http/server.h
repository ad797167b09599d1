#pragma once

#include "base/clock.h"
#include "base/ip_network.h"
#include "base/random.h"
#include "base/result.h"
#include "http/origin_policy.h"
#include "http/router.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace accessd::metrics {
class Metrics;
}  // namespace accessd::metrics

namespace accessd::http {

/// One address to listen on.
struct ListenerSettings {
    std::string address = "127.0.0.1";  ///< IPv4 or IPv6 literal.
    std::uint16_t port = 8080;          ///< 0: any free port, see Server::port().
    std::string tls_certificate_file;   ///< PEM chain; empty: plain HTTP.
    std::string tls_key_file;
};

/// Sizes and times. Every queue and wait has a bound; defaults from api.md 1 and design.md 2.
struct ServerSettings {
    int io_threads = 1;
    int workers = 32;
    /// Requests waiting for a worker, and as many answers that wait without one; beyond it 503 BUSY.
    std::size_t queue_max = 1024;
    std::size_t connections_max = 20'000;
    std::size_t connections_per_client_max = 256;  ///< Of one network address; IPv6: of one /64.
    bool connections_per_client_exempt = true;     ///< Loopback and trusted proxies.
    std::vector<IpNetwork> trusted_proxies;        ///< Whose X-Forwarded-For is believed.
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t uri_bytes_max = 8 * 1024;
    std::size_t bodies_bytes_max = 128 * 1024 * 1024;  ///< All bodies in memory together.
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds body_timeout{20};
    std::chrono::seconds silent_timeout{20};  ///< From accept to the first byte.
    std::chrono::seconds keep_alive_timeout{75};
    std::chrono::seconds write_timeout{30};  ///< For a client that doesn't read its answer.
    /// How long it goes on accepting at shutdown, each answer with `Connection: close`, until balancers have seen that it
    /// isn't ready.
    std::chrono::seconds drain{0};
    std::chrono::seconds stop_timeout{25};  ///< Running requests get this long at shutdown.
};

/// Accepts connections, reads requests within limits, runs them on a bounded pool of workers and
/// writes the answers. One thread of the pool runs one request, to its end or to where its answer comes later.
class Server {
public:
    /// `routers` belong to the listeners: API and operations. `origins` decides which pages may read
    /// the API's answers; null: none.
    /// Errors: Internal with a sentence naming the setting (port in use, bad certificate).
    static Result<std::unique_ptr<Server>> create(
        const ServerSettings& settings, const ListenerSettings& api, const Router& api_router,
        const ListenerSettings& operations, const Router& operations_router, Guard& guard,
        Clock& clock, Random& random, metrics::Metrics& metrics, OriginPolicy* origins = nullptr);
    virtual ~Server() = default;

    virtual void start() = 0;
    /// Waits for `drain`, stops accepting, answers what runs with `Connection: close`, waits up to stop_timeout.
    virtual void stop() = 0;
    virtual std::uint16_t port(Listener listener) const = 0;

    enum class Reload {
        Always,
        IfChanged,  ///< Only if the files are others than at the last try.
    };
    /// Reads certificate and key again, for connections to come. Files that can't be used are logged
    /// once, and the old ones stay in use. Threads: any, one at a time, after start().
    virtual void reload_certificate(Reload when) = 0;
};

}  // namespace accessd::http
