#include "metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace accessd::metrics {
namespace {

/// From a cached answer to a stalled disk.
const prometheus::Histogram::BucketBoundaries kBuckets{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
    void add(double amount) override { counter_.Increment(amount); }

private:
    prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(double value) override { gauge_.Set(value); }
    void add(double amount) override { gauge_.Increment(amount); }

private:
    prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(double seconds) override { histogram_.Observe(seconds); }

private:
    prometheus::Histogram& histogram_;
};

std::map<std::string, std::string> to_map(const Labels& labels)
{
    return {labels.begin(), labels.end()};
}

/// Finds or makes the handle around one of prometheus' own; those have stable addresses.
template <class Handle, class Handles, class Metric>
Handle& wrap(Handles& handles, Metric& metric)
{
    auto& handle = handles[&metric];
    if (!handle) handle = std::make_unique<Handle>(metric);
    return *handle;
}

}  // namespace

struct Metrics::State {
    prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
    std::mutex mutex;  ///< Guards the maps.
    std::map<const void*, std::unique_ptr<PrometheusCounter>> counters;
    std::map<const void*, std::unique_ptr<PrometheusGauge>> gauges;
    std::map<const void*, std::unique_ptr<PrometheusHistogram>> histograms;
    std::vector<std::function<void()>> updates;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels)
{
    const std::scoped_lock lock{state_->mutex};
    auto& family = prometheus::BuildCounter()
                       .Name(std::string{name})
                       .Help(std::string{help})
                       .Register(state_->registry);
    return wrap<PrometheusCounter>(state_->counters, family.Add(to_map(labels)));
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels)
{
    const std::scoped_lock lock{state_->mutex};
    auto& family = prometheus::BuildGauge()
                       .Name(std::string{name})
                       .Help(std::string{help})
                       .Register(state_->registry);
    return wrap<PrometheusGauge>(state_->gauges, family.Add(to_map(labels)));
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels)
{
    const std::scoped_lock lock{state_->mutex};
    auto& family = prometheus::BuildHistogram()
                       .Name(std::string{name})
                       .Help(std::string{help})
                       .Register(state_->registry);
    return wrap<PrometheusHistogram>(state_->histograms, family.Add(to_map(labels), kBuckets));
}

void Metrics::before_scrape(std::function<void()> update)
{
    const std::scoped_lock lock{state_->mutex};
    state_->updates.push_back(std::move(update));
}

std::string Metrics::render()
{
    std::vector<std::function<void()>> updates;
    {
        const std::scoped_lock lock{state_->mutex};
        updates = state_->updates;
    }
    for (const auto& update : updates) update();
    return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace accessd::metrics
