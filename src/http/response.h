#pragma once

#include "base/error.h"
#include "base/live_text.h"
#include "base/result.h"
#include "http/request.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::http {

struct Response;
/// Makes an answer of what was waited for. Runs on a thread that serves others too: short, and never waits.
using Completion = std::function<Result<Response>()>;
/// Begins what an answer waits for, and returns. Its argument is then called once, by any thread.
using Later = std::function<void(std::function<void(Completion)>)>;

/// An answer, complete before its first byte is sent.
struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<Header> headers;  ///< Besides those that every answer carries.
    /// Of an answer without a token, the project whose pages may read it; empty: none.
    std::string project_id{};
    /// A body that goes on behind `body`, until it ends or the client leaves; null: there is none.
    std::shared_ptr<LiveText> live{};
    /// Not empty: this isn't the answer yet, but the way to it, which holds no worker meanwhile.
    Later later{};

    Response&& with_header(std::string name, std::string value) &&
    {
        headers.push_back({std::move(name), std::move(value)});
        return std::move(*this);
    }
};

/// An answer that waits for an outcome without holding a thread: `begin` starts the work and passes its outcome on,
/// `complete` makes the answer of it (see Completion).
template <class Outcome>
Response answer_later(std::function<void(std::function<void(Outcome)>)> begin,
                      std::function<Result<Response>(Outcome&)> complete)
{
    Response response;
    response.later = [begin = std::move(begin),
                      complete = std::move(complete)](std::function<void(Completion)> done) {
        begin([complete, done = std::move(done)](Outcome outcome) {
            auto kept = std::make_shared<Outcome>(std::move(outcome));
            done([complete, kept] { return complete(*kept); });
        });
    };
    return response;
}

/// The answer itself, for callers that want it on their own thread: waits if it comes later.
Result<Response> wait_for_answer(Result<Response> response);

/// {"success": true, "data": data, "message": message}.
Response success(const nlohmann::json& data, std::string_view message, int status = 200);

/// The error envelope of api.md 1, or RFC 9457 when `accept` prefers application/problem+json.
Response failure(const Error& error, std::string_view request_id, std::string_view accept = {});

/// `data` of a list: {"items": [...], "next_cursor": "..." or null}.
nlohmann::json page_json(nlohmann::json items, const std::optional<std::string>& next);

/// An answer outside the envelope: health, metrics, JWKS, pages.
Response plain(std::string body, std::string content_type, int status = 200);

/// How an error code reads to a client.
struct PublicError {
    int status;
    std::string_view name;      ///< "INVALID_OTP".
    std::string_view sentence;  ///< For a person; `Error::message` replaces it.
};
PublicError to_public(ErrorCode code);

}  // namespace accessd::http
