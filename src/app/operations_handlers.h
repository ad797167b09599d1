#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "face/analyst.h"
#include "http/request.h"
#include "http/response.h"
#include "metrics/metrics.h"
#include "store/stores.h"

#include <atomic>
#include <functional>
#include <string>

namespace accessd::app {

/// What operators, load balancers and curious developers ask: api.md, section 13.
class OperationsHandlers {
public:
    OperationsHandlers(store::Stores& stores, metrics::Metrics& metrics,
                       const face::Analyst& faces);

    Result<http::Response> healthz(const http::Request& request);
    Result<http::Response> readyz(const http::Request& request);
    Result<http::Response> readyz_detailed(const http::Request& request);
    Result<http::Response> version(const http::Request& request);
    Result<http::Response> metrics(const http::Request& request);
    Result<http::Response> openapi(const http::Request& request);
    Result<http::Response> docs(const http::Request& request);

    /// From here on readyz says no, so that balancers send nobody any more.
    void set_stopping() { stopping_ = true; }

private:
    store::Stores& stores_;
    metrics::Metrics& metrics_;
    const face::Analyst& faces_;
    std::atomic<bool> stopping_{false};
};

}  // namespace accessd::app
