#include "app/trace_exporter.h"

#include "app/version.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string_view>
#include <utility>

namespace accessd::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 2s;  // Between batches, unless one is full.

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// "key=value,key=value". Source: OpenTelemetry, "OTLP exporter configuration".
std::vector<outbound::HttpHeader> headers_of(std::string_view text)
{
    std::vector<outbound::HttpHeader> headers;
    while (!text.empty()) {
        const auto pair = text.substr(0, text.find(','));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        headers.push_back(
            {std::string{pair.substr(0, equals)}, std::string{pair.substr(equals + 1)}});
    }
    return headers;
}

nlohmann::json attribute(const std::string& name, const trace::Attribute::second_type& value)
{
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return {{"key", name}, {"value", {{"intValue", std::to_string(*number)}}}};
    }
    return {{"key", name}, {"value", {{"stringValue", std::get<std::string>(value)}}}};
}

nlohmann::json to_json(const trace::Finished& span)
{
    auto attributes = nlohmann::json::array();
    for (const auto& [name, value] : span.attributes) attributes.push_back(attribute(name, value));
    nlohmann::json json{
        {"traceId", trace::to_hex(span.self.trace.data(), span.self.trace.size())},
        {"spanId", trace::to_hex(span.self.span.data(), span.self.span.size())},
        {"name", span.name},
        {"kind", static_cast<int>(span.kind)},
        // OTLP's JSON writes 64-bit numbers as text.
        {"startTimeUnixNano", std::to_string(span.started_ns)},
        {"endTimeUnixNano", std::to_string(span.ended_ns)},
        {"attributes", std::move(attributes)},
        {"status", span.is_error ? nlohmann::json{{"code", 2}} : nlohmann::json::object()}};
    if (span.parent) json["parentSpanId"] = trace::to_hex(span.parent->data(), span.parent->size());
    return json;
}

}  // namespace

std::optional<TraceSettings> trace_settings_of_environment()
{
    TraceSettings settings;
    settings.url = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    if (settings.url.empty()) {
        auto base = variable("OTEL_EXPORTER_OTLP_ENDPOINT");
        while (base.ends_with('/')) base.pop_back();
        if (!base.empty()) settings.url = base + "/v1/traces";
    }
    if (settings.url.empty() || variable("OTEL_SDK_DISABLED") == "true") return std::nullopt;
    if (auto name = variable("OTEL_SERVICE_NAME"); !name.empty())
        settings.service = std::move(name);
    settings.headers = headers_of(variable("OTEL_EXPORTER_OTLP_HEADERS"));
    const auto ratio = variable("OTEL_TRACES_SAMPLER_ARG");
    double value = 1.0;
    const auto read = std::from_chars(ratio.data(), ratio.data() + ratio.size(), value);
    if (!ratio.empty() && read.ec == std::errc{}) settings.ratio = std::clamp(value, 0.0, 1.0);
    return settings;
}

nlohmann::json to_otlp(const std::vector<trace::Finished>& spans, const TraceSettings& settings)
{
    auto list = nlohmann::json::array();
    for (const auto& span : spans) list.push_back(to_json(span));
    auto resource = nlohmann::json::array();
    resource.push_back(attribute("service.name", settings.service));
    resource.push_back(attribute("service.version", std::string{version()}));
    nlohmann::json scope{{"scope", {{"name", "accessd"}, {"version", version()}}},
                         {"spans", std::move(list)}};
    nlohmann::json resources{{"resource", {{"attributes", std::move(resource)}}},
                             {"scopeSpans", nlohmann::json::array({std::move(scope)})}};
    return {{"resourceSpans", nlohmann::json::array({std::move(resources)})}};
}

TraceExporter::TraceExporter(TraceSettings settings, outbound::HttpClient& http,
                             metrics::Metrics& metrics)
    : settings_(std::move(settings)),
      http_(http),
      sent_(metrics.counter("accessd_trace_spans_sent_total", "Spans that the collector took.")),
      dropped_(
          metrics.counter("accessd_trace_spans_dropped_total",
                          "Spans lost: the queue was full, or the collector didn't take them."))
{
}

TraceExporter::~TraceExporter() { stop(); }

void TraceExporter::start()
{
    thread_ = std::thread{[this] { run(); }};
    trace::configure(this, settings_.ratio);
    log::info("traces are sent", {{"service", settings_.service}, {"ratio", settings_.ratio}});
}

void TraceExporter::stop()
{
    if (!thread_.joinable()) return;
    trace::configure(nullptr, 0);
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void TraceExporter::take(trace::Finished span) noexcept
{
    try {
        bool is_full = false;
        {
            const std::scoped_lock lock{mutex_};
            is_full = queue_.size() >= kQueueMax;
            if (!is_full) queue_.push_back(std::move(span));
            if (queue_.size() < kBatchMax && !is_full) return;
        }
        if (is_full) dropped_.add();
        wake_.notify_one();
    } catch (const std::exception&) {
        dropped_.add();  // No memory: a request matters more than its span.
    }
}

void TraceExporter::run()
{
    const trace::Quiet quiet;
    bool is_last = false;
    while (!is_last) {
        std::vector<trace::Finished> batch;
        {
            std::unique_lock lock{mutex_};
            wake_.wait_for(lock, kPause,
                           [this] { return is_stopping_ || queue_.size() >= kBatchMax; });
            is_last = is_stopping_ && queue_.size() <= kBatchMax;
            const auto count =
                static_cast<std::ptrdiff_t>(std::min(queue_.size(), std::size_t{kBatchMax}));
            batch.assign(std::make_move_iterator(queue_.begin()),
                         std::make_move_iterator(queue_.begin() + count));
            queue_.erase(queue_.begin(), queue_.begin() + count);
        }
        if (!batch.empty()) send(batch);
    }
}

void TraceExporter::send(const std::vector<trace::Finished>& spans)
{
    outbound::HttpRequest request;
    request.url = settings_.url;
    request.headers = settings_.headers;
    request.headers.push_back({"Content-Type", "application/json"});
    request.body =
        to_otlp(spans, settings_).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    request.timeout = 5s;
    request.long_answer = outbound::LongAnswer::Cut;
    request.may_be_plain_http = true;  // To the operator's own collector.
    const auto answer = http_.send(request);
    const bool is_taken = answer && answer->status / 100 == 2;
    (is_taken ? sent_ : dropped_).add(static_cast<double>(spans.size()));
    if (is_taken == is_failing_) {
        if (is_taken) log::info("the collector takes traces again");
        if (!is_taken) {
            log::warn("the collector doesn't take traces",
                      {{"reason", answer ? "status " + std::to_string(answer->status)
                                         : answer.error().reason}});
        }
    }
    is_failing_ = !is_taken;
}

}  // namespace accessd::app
