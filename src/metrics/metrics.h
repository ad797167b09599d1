#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Only goes up. Handles live as long as Metrics. Threads: safe to call concurrently.
class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(double amount = 1) = 0;
};
class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(double value) = 0;
    virtual void add(double amount) = 0;
};
/// Durations in seconds, in buckets from 0.5 ms to 10 s.
class Histogram {
public:
    virtual ~Histogram() = default;
    virtual void observe(double seconds) = 0;
};

/// The numbers the server keeps about itself, in Prometheus' terms; served as text on the
/// operations listener. Labels never hold what a caller typed: their number must stay small.
class Metrics {
public:
    Metrics();
    ~Metrics();
    /// The same name and labels give the same handle.
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});
    /// Calls `update` before each scrape: for gauges that are read, not kept.
    void before_scrape(std::function<void()> update);
    /// Prometheus text format 0.0.4.
    std::string render();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace accessd::metrics
