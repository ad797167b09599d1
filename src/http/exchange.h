#pragma once

#include "base/result.h"
#include "base/trace.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/site.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace accessd::http {

/// One request and its answer. Knows nothing of sockets.
/// Threads: one at a time: the io thread until it is handed to a worker, and after that again.
struct Exchange {
    Request request;
    const Route* route = nullptr;
    std::optional<Error> refusal;  ///< No route: answered once the body is out of the way.
    bool is_admitted = false;
    bool is_preflight = false;  ///< A browser asks first; `refusal` is what others would get.
    bool is_http_1_0 = false;
    bool keeps_alive = true;
    std::chrono::steady_clock::time_point started;
    std::string wire;                     ///< The answer, ready to be sent.
    std::shared_ptr<LiveText> live{};     ///< What goes on behind it.
    std::unique_ptr<trace::Span> span{};  ///< Of this request, while it is answered and traced.
};

/// Gives the request its id: the client's own, if it is one we would log, or a new one.
void name_request(Exchange& exchange, Site& site);

/// Fills `route` and the path's parameters, or `refusal`.
void find_route(Exchange& exchange, Site& site);

/// Runs the route's guards on the headers.
/// Errors: those of Router::admit.
Result<void> admit(Exchange& exchange, Site& site);

/// Admits the request if that wasn't done yet, calls its handler and fills `wire`. Where the answer comes later, what
/// begins it is returned, nothing is filled, and answer_by_completion() follows.
Later answer_by_handler(Exchange& exchange, Site& site);

/// Completes an answer that came later, and fills `wire`.
void answer_by_completion(Exchange& exchange, Site& site, const Completion& completion);

/// Fills `wire`, counts the answer and writes its line in the log.
void answer(Exchange& exchange, Site& site, const Response& response);
void answer(Exchange& exchange, Site& site, const Error& error);

}  // namespace accessd::http
