#pragma once

#include "base/error.h"
#include "http/router.h"
#include "metrics/metrics.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace accessd::http {

/// A method as logs and metrics may show it: "?" unless it is one of HTTP's own, since callers can
/// type anything.
std::string_view to_known_method(std::string_view method);

/// Counts the answers of one listener. Handles are made once per route and status, so that a
/// request costs no look-up by label.
/// Threads: safe to call concurrently.
class RequestMetrics {
public:
    RequestMetrics(metrics::Metrics& metrics, const Router& router);

    /// `route` is null for requests without one.
    void count(const Route* route, std::string_view method, int status, double seconds);
    /// Also by the limit that refused, where one did: `details.scope` is a constant of ours.
    void count_error(const Error& error);

private:
    /// The handles of one route, method and status. Never removed, so readers need no lock.
    struct Series {
        int status;
        metrics::Counter& requests;
        metrics::Histogram& duration;
        const Series* next;
    };
    struct Line {
        std::string_view route;
        std::string_view method;
        std::atomic<const Series*> first{nullptr};
    };

    const Series& series(Line& line, int status);
    const Series& add_series(Line& line, int status);

    metrics::Metrics& metrics_;
    std::vector<std::unique_ptr<Line>> routes_;  ///< By Route::index.
    std::deque<Line> others_;                    ///< Requests without a route, by method.
    std::array<metrics::Counter*, static_cast<std::size_t>(kLastErrorCode) + 1> errors_{};
    std::mutex mutex_;  ///< Guards added_ and the writing of Line::first.
    std::deque<Series> added_;
};

}  // namespace accessd::http
