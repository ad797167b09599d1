#include "access/exchange_handlers.h"

#include "access/login_json.h"
#include "base/log.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::access {
namespace {

/// RFC 7636, 4.1.
std::optional<std::string> read_verifier(http::Fields& body)
{
    auto verifier = body.string("code_verifier", {.min = 43, .max = 128});
    if (!verifier) return std::nullopt;
    const bool is_plain = std::all_of(verifier->begin(), verifier->end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '.' || c == '_' || c == '~';
    });
    if (!is_plain) body.refuse("code_verifier", "may hold A-Z a-z 0-9 - . _ ~ only");
    return verifier;
}

}  // namespace

/// POST /v2/access/tokens/exchange   {"code": "...", "redirect_url": "https://shop.example/login"}
Result<http::Response> ExchangeHandlers::exchange(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto code = body.string("code", {.required = true, .min = 1, .max = 64});
    const auto redirect_url =
        body.string("redirect_url", {.required = true, .min = 1, .max = 2000});
    auto verifier = read_verifier(body);
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto done,
                exchange_.exchange({*code, *redirect_url, std::move(verifier)}, request.scope()));
    log::info("login handed over", {{"request_id", request.id},
                                    {"project_id", done.login.project_id},
                                    {"login_id", done.login.id}});
    nlohmann::json data{{"user", user_json(done.user)}, {"login", login_json(done.login, {})}};
    add_token(data, done.token);
    return http::success(data, "Login complete");
}

/// POST /v2/access/logins/{login_id}/code: of a browser, for its own login
Result<http::Response> ExchangeHandlers::renew(const http::Request& request)
{
    ACCESSD_TRY(const auto body, http::Fields::parse(request, true));
    ACCESSD_CHECK(body.check());
    const auto& login_id = request.parameter("login_id");
    const auto& browser = request.authenticated().browser;
    if (!browser || browser->login_id != login_id) return ErrorCode::LoginNotFound;
    ACCESSD_TRY(auto target, exchange_.renew(login_id, ProjectScope::only({browser->project_id})));
    return http::success({{"redirect_url", std::move(target)}}, "Another code");
}

}  // namespace accessd::access
