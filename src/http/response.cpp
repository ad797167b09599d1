#include "http/response.h"

#include "base/gate.h"
#include "http/fields.h"
#include "http/media_type.h"

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <variant>

namespace accessd::http {
namespace {

using nlohmann::json;

/// Never throws: a byte that isn't UTF-8 becomes the replacement character.
std::string to_body(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// An object written member by member, in the order of api.md and without copying values.
class ObjectWriter {
public:
    ObjectWriter& add(std::string_view name, const json& value)
    {
        body_ += body_.empty() ? '{' : ',';
        ((body_ += '"') += name) += "\":";
        body_ += to_body(value);
        return *this;
    }
    std::string finish() { return std::move(body_) + '}'; }

private:
    std::string body_;
};

const DetailValue* find_detail(const Error& error, std::string_view name)
{
    const auto found = std::find_if(error.details.begin(), error.details.end(),
                                    [&](const auto& detail) { return detail.first == name; });
    return found == error.details.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> find_number(const Error& error, std::string_view name)
{
    const auto* value = find_detail(error, name);
    if (value == nullptr || !std::holds_alternative<std::int64_t>(*value)) return std::nullopt;
    return std::get<std::int64_t>(*value);
}

json details_of(const Error& error, std::string_view request_id)
{
    // A fault of ours is found by its id in the log. What else is known of it is nobody's business.
    if (error.code == ErrorCode::Internal) return {{"request_id", request_id}};
    auto details = json::object();
    for (const auto& [name, value] : error.details) {
        std::visit([&, &key = name](const auto& known) { details[key] = known; }, value);
    }
    if (error.fields.empty()) return details;
    auto& fields = details["fields"] = json::array();
    for (const auto& field : error.fields) {
        fields.push_back({{"field", field.field}, {"issue", field.issue}});
    }
    return details;
}

std::string_view sentence_of(const Error& error, const PublicError& shown)
{
    const bool has_own = !error.message.empty() && error.code != ErrorCode::Internal;
    return has_own ? std::string_view{error.message} : shown.sentence;
}

/// RFC 6750, 3.1: no error is named where no token came.
std::string_view challenge_for(ErrorCode code)
{
    const bool is_token_bad = code == ErrorCode::InvalidToken || code == ErrorCode::TokenExpired ||
                              code == ErrorCode::TokenRevoked;
    return is_token_bad ? R"(Bearer error="invalid_token")" : "Bearer";
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::optional<std::int64_t> retry_after(const Error& error, int status)
{
    constexpr std::int64_t shortest = 1;
    if (error.retry_after) return std::max(shortest, std::int64_t{error.retry_after->count()});
    if (status != 429 && status != 503) return std::nullopt;
    return std::max(shortest, find_number(error, "retry_after_seconds").value_or(shortest));
}

void add_headers(const Error& error, Response& response)
{
    auto& headers = response.headers;
    const auto wait = retry_after(error, response.status);
    if (wait) headers.push_back({"Retry-After", std::to_string(*wait)});
    if (response.status == 401) {
        headers.push_back({"WWW-Authenticate", std::string{challenge_for(error.code)}});
    }
    if (const auto* allow = find_detail(error, "allow");
        allow != nullptr && response.status == 405) {
        const auto* methods = std::get_if<std::vector<std::string>>(allow);
        if (methods != nullptr) headers.push_back({"Allow", joined(*methods)});
    }
    if (const auto limit = find_number(error, "limit"); limit && wait && response.status == 429) {
        headers.push_back({"RateLimit-Limit", std::to_string(*limit)});
        headers.push_back({"RateLimit-Remaining", "0"});
        headers.push_back({"RateLimit-Reset", std::to_string(*wait)});
    }
}

std::string title_of(int status)
{
    const auto title = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    return {title.data(), title.size()};
}

}  // namespace

Result<Response> wait_for_answer(Result<Response> response)
{
    if (!response || !response->later) return response;
    Completion completion;
    Gate gate;
    response->later([&](Completion made) {
        completion = std::move(made);
        gate.open();
    });
    gate.wait();
    return completion();
}

Response success(const nlohmann::json& data, std::string_view message, int status)
{
    Response response;
    response.status = status;
    response.body =
        ObjectWriter{}.add("success", true).add("data", data).add("message", message).finish();
    return response;
}

Response failure(const Error& error, std::string_view request_id, std::string_view accept)
{
    const auto shown = to_public(error.code);
    const auto sentence = sentence_of(error, shown);
    const auto details = details_of(error, request_id);
    Accept wanted;
    wanted.read(accept);

    Response response;
    response.status = shown.status;
    if (wanted.prefers_problem()) {
        // RFC 9457, 4.2.1: without a page for each code, the status is the title.
        response.content_type = "application/problem+json";
        response.body = ObjectWriter{}
                            .add("type", "about:blank")
                            .add("title", title_of(shown.status))
                            .add("status", shown.status)
                            .add("detail", sentence)
                            .add("code", shown.name)
                            .add("details", details)
                            .add("request_id", request_id)
                            .finish();
    } else {
        response.body = ObjectWriter{}
                            .add("success", false)
                            .add("error", sentence)
                            .add("code", shown.name)
                            .add("details", details)
                            .finish();
    }
    add_headers(error, response);
    return response;
}

nlohmann::json page_json(nlohmann::json items, const std::optional<std::string>& next)
{
    return {{"items", std::move(items)},
            {"next_cursor", next ? json(to_cursor(*next)) : json(nullptr)}};
}

Response plain(std::string body, std::string content_type, int status)
{
    Response response;
    response.status = status;
    response.content_type = std::move(content_type);
    response.body = std::move(body);
    return response;
}

}  // namespace accessd::http
