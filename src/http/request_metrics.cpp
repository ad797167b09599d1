#include "http/request_metrics.h"

#include "http/response.h"

#include <algorithm>
#include <string>
#include <variant>

namespace accessd::http {
namespace {

/// The last one stands for all others.
constexpr std::array<std::string_view, 10> kMethods{"GET",  "POST",    "PUT",     "PATCH", "DELETE",
                                                    "HEAD", "OPTIONS", "CONNECT", "TRACE", "?"};

std::size_t method_index(std::string_view method)
{
    const auto found = std::find(kMethods.begin(), kMethods.end() - 1, method);
    return static_cast<std::size_t>(found - kMethods.begin());
}

std::string status_class(int status) { return std::to_string(status / 100) + "xx"; }

}  // namespace

std::string_view to_known_method(std::string_view method) { return kMethods[method_index(method)]; }

RequestMetrics::RequestMetrics(metrics::Metrics& metrics, const Router& router) : metrics_(metrics)
{
    routes_.resize(router.routes().size());
    for (const auto& route : router.routes()) {
        if (route->index >= routes_.size()) routes_.resize(route->index + 1);
        auto line = std::make_unique<Line>();
        line->route = route->pattern;
        line->method = route->method;
        routes_[route->index] = std::move(line);
    }
    for (const auto method : kMethods) {
        auto& line = others_.emplace_back();
        line.route = "-";
        line.method = method;
    }
    for (std::size_t i = 0; i < errors_.size(); ++i) {
        const auto name = to_public(static_cast<ErrorCode>(i)).name;
        errors_[i] = &metrics.counter("accessd_http_errors_total", "Error answers by their code.",
                                      {{"code", std::string{name}}});
    }
}

void RequestMetrics::count(const Route* route, std::string_view method, int status, double seconds)
{
    auto& line = route != nullptr ? *routes_[route->index] : others_[method_index(method)];
    const auto& handles = series(line, status);
    handles.requests.add();
    handles.duration.observe(seconds);
}

void RequestMetrics::count_error(const Error& error)
{
    errors_[static_cast<std::size_t>(error.code)]->add();
    if (error.code != ErrorCode::RateLimited) return;
    for (const auto& [name, value] : error.details) {
        const auto* scope = std::get_if<std::string>(&value);
        if (name != "scope" || scope == nullptr) continue;
        metrics_
            .counter("accessd_limit_refusals_total", "Requests that a limit refused.",
                     {{"scope", *scope}})
            .add();
    }
}

const RequestMetrics::Series& RequestMetrics::series(Line& line, int status)
{
    const auto* found = line.first.load(std::memory_order_acquire);
    while (found != nullptr && found->status != status) found = found->next;
    return found != nullptr ? *found : add_series(line, status);
}

const RequestMetrics::Series& RequestMetrics::add_series(Line& line, int status)
{
    const std::scoped_lock lock{mutex_};
    const auto* first = line.first.load(std::memory_order_relaxed);
    for (const auto* other = first; other != nullptr; other = other->next) {
        if (other->status == status) return *other;
    }
    const std::string route{line.route};
    const std::string method{line.method};
    auto& requests = metrics_.counter(
        "accessd_http_requests_total", "Requests answered.",
        {{"route", route}, {"method", method}, {"status", std::to_string(status)}});
    auto& duration = metrics_.histogram(
        "accessd_http_request_duration_seconds", "Time from a request's head to its answer.",
        {{"route", route}, {"method", method}, {"status", status_class(status)}});
    added_.push_back({status, requests, duration, first});
    line.first.store(&added_.back(), std::memory_order_release);
    return added_.back();
}

}  // namespace accessd::http
