#include "http/exchange.h"

#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "base/trace.h"
#include "base/trace_scope.h"
#include "http/answer.h"
#include "http/cross_origin.h"
#include "http/request_metrics.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

namespace accessd::http {
namespace {

constexpr std::size_t kRequestIdMax = 64;
constexpr std::string_view kNone = "-";

bool is_id_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
}

bool is_request_id(std::string_view text)
{
    return !text.empty() && text.size() <= kRequestIdMax &&
           std::all_of(text.begin(), text.end(), is_id_char);
}

bool is_request_id_header(std::string_view name)
{
    constexpr std::string_view wanted = "x-request-id";
    return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

/// The client's id, if it sent exactly one that is safe to repeat.
std::string_view find_client_id(const Request& request)
{
    std::string_view found;
    int count = 0;
    for (const auto& header : request.headers) {
        if (!is_request_id_header(header.name)) continue;
        found = header.value;
        ++count;
    }
    return count == 1 && is_request_id(found) ? found : std::string_view{};
}

/// The project that the path names, if it is an id: whoever writes something else there may have put a person's
/// address into the wrong place, or wants to write in our log.
std::string_view find_project(const Request& request)
{
    for (const auto& [key, value] : request.parameters) {
        if (key == "project_id" && looks_like_id(value, "prj_")) return value;
    }
    return kNone;
}

std::string_view or_none(std::string_view text) { return text.empty() ? kNone : text; }

/// Neither path, query, address nor bodies: those may hold secrets or people's data.
void log_answer(const Exchange& exchange, int status, double seconds, const Error* error)
{
    const auto& request = exchange.request;
    const auto route =
        exchange.route != nullptr ? std::string_view{exchange.route->pattern} : kNone;
    if (status == 500 && error != nullptr) {
        log::error("request failed",
                   {{"request_id", request.id}, {"route", route}, {"detail", error->detail}});
    }
    if (!log::is_enabled(log::Level::Info)) return;
    const auto method = to_known_method(request.method);
    const auto project = find_project(request);
    const auto caller = request.caller ? or_none(request.caller->subject) : kNone;
    const double milliseconds = seconds * 1000;
    if (error == nullptr) {
        log::info("request", {{"request_id", request.id},
                              {"method", method},
                              {"route", route},
                              {"status", status},
                              {"duration_ms", milliseconds},
                              {"project_id", project},
                              {"caller", caller}});
    } else {
        log::info("request", {{"request_id", request.id},
                              {"method", method},
                              {"route", route},
                              {"status", status},
                              {"duration_ms", milliseconds},
                              {"project_id", project},
                              {"caller", caller},
                              {"error", to_public(error->code).name},
                              {"detail", or_none(error->detail)}});
    }
}

/// Whether a page of this origin may read the answer: by the project of the token, or without one of the
/// answer. A refusal of a public route tells nothing of any project.
bool may_read(std::string_view origin, const Exchange& exchange, OriginPolicy& origins,
              const Response& response, const Error* error)
{
    const auto& request = exchange.request;
    if (request.caller) return origins.is_allowed(origin, request.caller->projects);
    if (!request.path.starts_with(kPublicPath)) return false;
    if (error != nullptr) return origins.is_known(origin);
    return origins.is_allowed(origin, ProjectScope::only({response.project_id}));
}

/// Preflights say so themselves.
std::string_view allowed_origin(const Exchange& exchange, Site& site, const Response& response,
                                const Error* error)
{
    const auto& request = exchange.request;
    if (site.origins == nullptr || exchange.is_preflight || !is_shared_path(request.path)) {
        return {};
    }
    const auto origin = request.header("Origin").value_or(std::string_view{});
    if (origin.empty() || !may_read(origin, exchange, *site.origins, response, error)) return {};
    return origin;
}

void finish(Exchange& exchange, Site& site, const Response& response, const Error* error)
{
    const auto& request = exchange.request;
    if (site.shared.is_draining) exchange.keeps_alive = false;
    if (response.live != nullptr) {
        exchange.keeps_alive = false;
        if (request.method != "HEAD") exchange.live = response.live;
    }
    exchange.wire = to_wire(
        response, {.request_id = request.id,
                   .is_head = request.method == "HEAD",
                   .is_http_1_0 = exchange.is_http_1_0,
                   .keeps_alive = exchange.keeps_alive,
                   .now = site.shared.clock.now(),
                   .varies_by_origin = site.origins != nullptr && is_shared_path(request.path),
                   .allowed_origin = allowed_origin(exchange, site, response, error)});
    const std::chrono::duration<double> duration =
        std::chrono::steady_clock::now() - exchange.started;
    site.metrics.count(exchange.route, request.method, response.status, duration.count());
    if (error != nullptr) site.metrics.count_error(*error);
    log_answer(exchange, response.status, duration.count(), error);
}

Error to_error(const std::exception& exception)
{
    return Error{ErrorCode::Internal, std::string{"exception: "} + exception.what()};
}

/// Handlers are others' code: whatever they throw is a fault of ours, never the end of the server.
template <class Call>
Result<Response> call_safely(const Call& call)
{
    try {
        return call();
    } catch (const std::exception& exception) {
        return to_error(exception);
    } catch (...) {
        return Error{ErrorCode::Internal, "exception of an unknown type"};
    }
}

Result<Response> call_handler(Exchange& exchange, Site& site)
{
    if (exchange.is_preflight) {
        return answer_preflight(exchange.request, *exchange.refusal, *site.origins);
    }
    if (!exchange.is_admitted) ACCESSD_CHECK(admit(exchange, site));
    return exchange.route->handler(exchange.request);
}

/// Of the route's pattern, not the path: that may hold a customer's own id of a person, or a link's token.
std::unique_ptr<trace::Span> open_span(const Exchange& exchange)
{
    const auto& request = exchange.request;
    const std::string route = exchange.route != nullptr ? exchange.route->pattern : "-";
    auto span = std::make_unique<trace::Span>(
        request.method + " " + route, trace::Kind::Server,
        trace::parse_traceparent(request.header("traceparent").value_or(std::string_view{})));
    span->set("http.request.method", request.method);
    span->set("http.route", route);
    span->set("accessd.request_id", request.id);
    return span;
}

void end_span(Exchange& exchange, const Result<Response>& result)
{
    const auto span = std::move(exchange.span);
    if (span == nullptr) return;
    const int status = result ? result->status : to_public(result.error().code).status;
    span->set("http.response.status_code", std::int64_t{status});
    if (!result) span->set("error.type", std::string{to_public(result.error().code).name});
    if (status >= 500) span->failed();
    span->end();
}

void answer_result(Exchange& exchange, Site& site, const Result<Response>& result)
{
    if (result) {
        answer(exchange, site, *result);
    } else {
        answer(exchange, site, result.error());
    }
}

}  // namespace

void name_request(Exchange& exchange, Site& site)
{
    const auto id = find_client_id(exchange.request);
    exchange.request.id =
        id.empty() ? make_id("req_", site.shared.clock.now(), site.shared.random) : std::string{id};
}

void find_route(Exchange& exchange, Site& site)
{
    auto& request = exchange.request;
    auto match = site.router.find(request.method, request.path);
    if (match) {
        exchange.route = match->route;
        request.parameters = std::move(match->parameters);
    } else {
        exchange.refusal = std::move(match).error();
        exchange.is_preflight =
            site.origins != nullptr && is_preflight(request, exchange.refusal->code);
    }
}

Result<void> admit(Exchange& exchange, Site& site)
{
    try {
        ACCESSD_CHECK(Router::admit(*exchange.route, site.shared.guard, exchange.request));
    } catch (const std::exception& exception) {
        return to_error(exception);
    } catch (...) {
        return Error{ErrorCode::Internal, "exception of an unknown type"};
    }
    exchange.is_admitted = true;
    return {};
}

Later answer_by_handler(Exchange& exchange, Site& site)
{
    if (trace::is_on()) exchange.span = open_span(exchange);
    auto result = call_safely([&] { return call_handler(exchange, site); });
    if (result && result->later) {
        if (!exchange.span) return std::move(result->later);
        exchange.span->leave_thread();
        // What it asks the store belongs to the request, although the answer may end the span before it returns.
        return [later = std::move(result->later), context = exchange.span->context()](auto done) {
            const trace::Scope scope{context};
            later(std::move(done));
        };
    }
    end_span(exchange, result);
    answer_result(exchange, site, result);
    return {};
}

void answer_by_completion(Exchange& exchange, Site& site, const Completion& completion)
{
    const auto result = call_safely(completion);
    end_span(exchange, result);
    answer_result(exchange, site, result);
}

void answer(Exchange& exchange, Site& site, const Response& response)
{
    finish(exchange, site, response, nullptr);
}

void answer(Exchange& exchange, Site& site, const Error& error)
{
    const auto& request = exchange.request;
    const auto accept = request.header("Accept").value_or(std::string_view{});
    finish(exchange, site, failure(error, request.id, accept), &error);
}

}  // namespace accessd::http
