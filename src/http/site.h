#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "http/client_connections.h"
#include "http/request_metrics.h"
#include "http/router.h"
#include "http/server.h"
#include "http/worker_pool.h"
#include "metrics/metrics.h"

#include <atomic>
#include <cstddef>

namespace accessd::http {

/// What all connections of a server share.
struct Shared {
    ServerSettings settings;
    Guard& guard;
    Clock& clock;
    Random& random;
    metrics::Gauge& connections_gauge;
    metrics::Counter& connections_refused;
    WorkerPool workers;
    std::atomic<bool> is_draining{false};  ///< It is to stop: each answer is its connection's last.
    std::atomic<bool> is_stopping{false};  ///< No connection is taken any more.
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> answers_awaited{0};  ///< That hold no worker.
    ClientConnections client_connections;
    std::atomic<std::size_t> body_bytes{0};  ///< Of all bodies in memory.

    Shared(const ServerSettings& server_settings, Guard& token_guard, Clock& wall_clock,
           Random& random_source, metrics::Metrics& metrics)
        : settings(server_settings),
          guard(token_guard),
          clock(wall_clock),
          random(random_source),
          connections_gauge(metrics.gauge("accessd_http_connections", "Open connections.")),
          connections_refused(metrics.counter("accessd_http_connections_refused_total",
                                              "Connections closed because of their number.")),
          workers(settings.workers, settings.queue_max,
                  metrics.gauge("accessd_http_queue_length", "Requests that wait for a worker.")),
          client_connections(server_settings)
    {
    }
};

/// What the connections of one listener share.
struct Site {
    Shared& shared;
    const Router& router;
    RequestMetrics metrics;
    OriginPolicy* origins;  ///< Null: browsers' pages of other origins get nothing.

    Site(Shared& all, const Router& routes, metrics::Metrics& numbers,
         OriginPolicy* policy = nullptr)
        : shared(all), router(routes), metrics(numbers, routes), origins(policy)
    {
    }
};

}  // namespace accessd::http
