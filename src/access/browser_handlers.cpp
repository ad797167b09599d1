#include "access/browser_handlers.h"

#include "base/encoding.h"
#include "base/log.h"
#include "http/fields.h"
#include "http/render.h"
#include "projects/project_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::access {
namespace {

using projects::Method;

constexpr std::size_t kStateMax = 512;   // Source: api.md, section 7.
constexpr std::size_t kProofMax = 4096;  // Tokens of captcha services are that long.
constexpr std::size_t kSha256Bytes = 32;

nlohmann::json method_json(const projects::Flow& flow, Method method)
{
    nlohmann::json shown{{"method", projects::to_text(method)}};
    switch (method) {
    case Method::Email:
        shown["otp_length"] = flow.email.otp_length;
        shown["magic_link"] = flow.email.magic_link;
        break;
    case Method::Phone:
        shown["otp_length"] = flow.phone.otp_length;
        shown["channels"] = flow.phone.channels;
        break;
    case Method::Biometric: shown["liveness_required"] = flow.biometric.liveness_required; break;
    }
    return shown;
}

/// What a page needs to know of a flow to lead a person through it. Without an active one there is nothing.
void add_flow(nlohmann::json& data, const projects::Flow* flow, projects::Mode mode)
{
    auto methods = nlohmann::json::array();
    if (flow != nullptr) {
        for (const auto method : flow->policy.methods) {
            if (flow->is_enabled(method)) methods.push_back(method_json(*flow, method));
        }
    }
    data["methods"] = std::move(methods);
    data["policy"] =
        flow == nullptr ? nlohmann::json(nullptr) : projects::to_json(*flow, mode).at("policy");
}

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

bool is_code_challenge(const std::string& text)
{
    const auto bytes = from_base64url(text);
    return bytes && bytes->size() == kSha256Bytes;
}

}  // namespace

BrowserHandlers::BrowserHandlers(BrowserLogins& logins) : logins_(logins) {}

/// GET /v2/access/public/projects/{slug}
Result<http::Response> BrowserHandlers::project(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, logins_.find_project(request.parameter("slug")));
    const auto& project = setup->project;
    const auto shown = projects::to_json(project);
    nlohmann::json data{{"name", project.name},
                        {"slug", project.slug},
                        {"test", project.is_test()},
                        {"languages", {"en", "es", "pt"}},
                        {"default_language", shown.at("default_language")},
                        {"branding", shown.at("branding")},
                        {"privacy_url", shown.at("privacy_url")},
                        {"terms_url", shown.at("terms_url")}};
    add_flow(data, setup->default_flow(), project.mode);
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
    wanted.state = body.string("state", {.min = 1, .max = kStateMax}).value_or("");
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
    add_flow(data, opened.flow, opened.setup->project.mode);
    return for_pages_of(login.project_id, http::success(data, "Login opened", 201));
}

}  // namespace accessd::access
