#pragma once

#include "base/trace.h"
#include "metrics/metrics.h"
#include "outbound/http_client.h"

#include <nlohmann/json_fwd.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace accessd::app {

/// Where traces go. OpenTelemetry's own variables, so that accessd is set up like everything else that is traced.
struct TraceSettings {
    std::string url;  ///< Of the collector: ".../v1/traces".
    std::string service = "accessd";
    std::vector<outbound::HttpHeader> headers;  ///< Credentials, mostly.
    double ratio = 1.0;
};

/// Nothing, if no OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT) is set, or OTEL_SDK_DISABLED is.
std::optional<TraceSettings> trace_settings_of_environment();

/// The body of a request to a collector. Source: OTLP 1.0, JSON encoding.
nlohmann::json to_otlp(const std::vector<trace::Finished>& spans, const TraceSettings& settings);

/// Sends finished spans to a collector, OTLP over HTTP in JSON, in batches on a thread of its own. A queue that is full, or
/// a collector that doesn't take them, costs spans, never requests: accessd_trace_spans_dropped_total counts.
class TraceExporter final : public trace::Sink {
public:
    static constexpr std::size_t kQueueMax = 4096;
    static constexpr std::size_t kBatchMax = 512;

    TraceExporter(TraceSettings settings, outbound::HttpClient& http, metrics::Metrics& metrics);
    ~TraceExporter() override;
    TraceExporter(const TraceExporter&) = delete;
    TraceExporter& operator=(const TraceExporter&) = delete;

    /// Spans are made from now on.
    void start();
    /// Makes no more, and sends what is there once.
    void stop();
    void take(trace::Finished span) noexcept override;

private:
    void run();
    void send(const std::vector<trace::Finished>& spans);

    TraceSettings settings_;
    outbound::HttpClient& http_;
    metrics::Counter& sent_;
    metrics::Counter& dropped_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<trace::Finished> queue_;
    bool is_stopping_ = false;
    bool is_failing_ = false;  ///< Told once in the log.
    std::thread thread_;
};

}  // namespace accessd::app
