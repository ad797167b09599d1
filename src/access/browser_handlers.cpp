#include "access/browser_handlers.h"

#include "access/public_project.h"
#include "base/log.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::access {
namespace {

constexpr std::size_t kProofMax = 4096;  // Tokens of captcha services are that long.

nlohmann::json to_json(const Challenge& challenge)
{
    return {{"kind", challenge.kind},
            {"challenge", challenge.challenge},
            {"difficulty", challenge.difficulty},
            {"expires_at", to_rfc3339(challenge.expires_at)}};
}

/// The pages of a project may read what is said of it.
http::Response for_pages_of(const std::string& project_id, http::Response response)
{
    response.project_id = project_id;
    return response;
}

}  // namespace

BrowserHandlers::BrowserHandlers(BrowserLogins& logins) : logins_(logins) {}

/// GET /v2/access/public/projects/{slug}
Result<http::Response> BrowserHandlers::project(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, logins_.find_project(request.parameter("slug")));
    const auto& project = setup->project;
    const auto data = public_project_json(project, setup->default_flow());
    return for_pages_of(project.id, http::success(data, "Project"));
}

/// POST /v2/access/public/challenges   {"project": "shop"}
Result<http::Response> BrowserHandlers::challenge(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto slug = body.string("project", {.required = true, .min = 1, .max = 100});
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto setup, logins_.find_project(*slug));
    const auto challenge = logins_.challenge(setup->project, request.peer);
    return for_pages_of(setup->project.id, http::success(to_json(challenge), "Challenge"));
}

/// POST /v2/access/public/logins
///     {"project": "shop", "redirect_url": "https://shop.example/in", "proof": "1~15~...~....81"}
Result<http::Response> BrowserHandlers::open(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    BrowserLoginRequest wanted;
    const auto slug = body.string("project", {.required = true, .min = 1, .max = 100});
    const auto redirect_url =
        body.string("redirect_url", {.required = true, .min = 1, .max = 2000});
    wanted.flow_id = body.string("flow_id", {.min = 1, .max = 64});
    wanted.state = body.string("state", {.min = 1, .max = kLoginStateMax}).value_or("");
    wanted.code_challenge = body.string("code_challenge", {.min = 1, .max = 100}).value_or("");
    if (!wanted.code_challenge.empty() && !is_code_challenge(wanted.code_challenge)) {
        body.refuse("code_challenge", "must be the base64url form of a SHA-256 (43 characters)");
    }
    wanted.proof = body.string("proof", {.min = 1, .max = kProofMax}).value_or("");
    ACCESSD_CHECK(body.check());
    wanted.project = *slug;
    wanted.redirect_url = *redirect_url;
    wanted.client_ip = request.peer;

    ACCESSD_TRY(const auto opened, logins_.open(wanted));
    const auto& login = opened.login;
    log::info(
        "login opened by a browser",
        {{"request_id", request.id}, {"project_id", login.project_id}, {"login_id", login.id}});
    nlohmann::json data{{"login_id", login.id},
                        {"login_token", opened.token.token},
                        {"token_type", "Bearer"},
                        {"expires_in", opened.token.expires_in.count()},
                        {"expires_at", to_rfc3339(login.expires_at)}};
    add_flow(data, opened.setup->project, opened.flow);
    return for_pages_of(login.project_id, http::success(data, "Login opened", 201));
}

}  // namespace accessd::access
