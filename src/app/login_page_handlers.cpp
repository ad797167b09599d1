#include "app/login_page_handlers.h"

#include "access/public_project.h"
#include "access/redirect.h"
#include "app/embedded_site.h"
#include "base/html.h"
#include "embedded/login.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::string_view kTitlePlace = "<title>accessd</title>";
constexpr std::string_view kDataPlace =
    R"(<script type="application/json" id="login-data">{}</script>)";
/// What of the address decides; all else in it is the page's own business, or nobody's.
constexpr std::array<std::string_view, 4> kWishes{"redirect_url", "state", "code_challenge",
                                                  "flow_id"};

/// What a page says to people before they begin, and its status.
struct Verdict {
    nlohmann::json problem;  ///< null: none.
    int status = 200;
};

/// What the site that sent the person here asks for.
struct Wish {
    std::optional<std::string> redirect_url;
    std::optional<std::string> flow_id;
    bool is_popup = false;
    bool is_sound = true;  ///< Its values are such that a login could be opened with them.
};

Wish read_wish(const http::Request& request)
{
    http::Query query{request};
    Wish wish;
    wish.redirect_url = query.string("redirect_url", 2000);
    wish.flow_id = query.string("flow_id", 64);
    query.string("state", access::kLoginStateMax);
    const auto challenge = query.string("code_challenge", 100);
    wish.is_popup = query.string("display") == "popup";
    wish.is_sound = !challenge || access::is_code_challenge(*challenge);
    if (const auto checked = query.check(); !checked) {
        for (const auto& issue : checked.error().fields) {
            if (std::find(kWishes.begin(), kWishes.end(), issue.field) != kWishes.end()) {
                wish.is_sound = false;
            }
        }
    }
    return wish;
}

Verdict verdict_of(const Error& error)
{
    switch (error.code) {
    case ErrorCode::ProjectNotFound: return {"project", 404};
    case ErrorCode::FlowNotFound:
    case ErrorCode::RedirectNotAllowed: return {"address", 400};
    case ErrorCode::FlowNotActive: return {"paused", 409};
    default: return {"unavailable", 503};
    }
}

/// JSON as it may stand in a script element: nothing in it ends the element or opens a comment.
std::string script_safe(const nlohmann::json& data)
{
    std::string text;
    for (const char c : data.dump(-1, ' ', true)) {
        if (c == '<') {
            text += "\\u003c";
        } else {
            text += c;
        }
    }
    return text;
}

void replace_once(std::string& page, std::string_view place, std::string_view content)
{
    if (const auto at = page.find(place); at != std::string::npos) {
        page.replace(at, place.size(), content);
    }
}

/// Scripts and styles of ours, pictures of the project's.
std::string policy_for(const projects::Branding& branding)
{
    std::string policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:";
    for (const auto& url : {branding.logo_url, branding.image_url}) {
        if (!url.empty()) policy += " " + access::policy_source_of(url);
    }
    policy += "; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
              "frame-ancestors 'none'";
    return policy;
}

/// A page that answers its opener must stay in its opener's group; every other one leaves it.
http::Response hardened(http::Response response, std::string policy, bool is_popup)
{
    return std::move(response)
        .with_header("Content-Security-Policy", std::move(policy))
        .with_header("Referrer-Policy", "no-referrer")
        .with_header("X-Frame-Options", "DENY")
        .with_header("X-Robots-Tag", "noindex, nofollow")
        .with_header("Cross-Origin-Opener-Policy", is_popup ? "unsafe-none" : "same-origin")
        .with_header("Cross-Origin-Resource-Policy", "same-origin")
        .with_header("Permissions-Policy",
                     "camera=(self), microphone=(), geolocation=(), payment=(), "
                     "otp-credentials=(self)");
}

}  // namespace

LoginPageHandlers::LoginPageHandlers(access::BrowserLogins& logins) : logins_(logins) {}

/// GET /login/{slug}?redirect_url=...&state=...&code_challenge=...
Result<http::Response> LoginPageHandlers::page(const http::Request& request)
{
    ACCESSD_TRY(const auto file, embedded_bytes(embedded_login(), "index.html"));
    const auto wish = read_wish(request);
    nlohmann::json data{{"project", nullptr}};
    Verdict verdict;
    std::string title = "Login";
    std::string policy = policy_for({});

    const auto setup = logins_.find_project(request.parameter("slug"));
    if (!setup) {
        verdict = verdict_of(setup.error());
    } else {
        const auto& project = (*setup)->project;
        auto flow =
            access::find_browser_flow(**setup, wish.flow_id, wish.redirect_url.value_or(""));
        if (flow && !wish.is_sound) flow = Error{ErrorCode::RedirectNotAllowed};
        if (!flow) verdict = verdict_of(flow.error());
        data["project"] = access::public_project_json(project, flow ? *flow : nullptr);
        title = project.name;
        policy = policy_for(project.branding);
    }
    data["problem"] = verdict.problem;

    std::string html{file};
    replace_once(html, kTitlePlace, "<title>" + escape_html(title) + "</title>");
    replace_once(html, kDataPlace,
                 "<script type=\"application/json\" id=\"login-data\">" + script_safe(data) +
                     "</script>");
    auto response =
        hardened(http::plain(std::move(html), "text/html; charset=utf-8", verdict.status),
                 std::move(policy), wish.is_popup);
    if (verdict.status == 503) response.headers.push_back({"Retry-After", "1"});
    return response;
}

/// GET /login/assets/{file}
Result<http::Response> LoginPageHandlers::asset(const http::Request& request)
{
    ACCESSD_TRY(auto response,
                serve_embedded(embedded_login(), "assets/" + request.parameter("file"), request));
    // The file keeps its content as long as its name.
    return std::move(response)
        .with_header("Cache-Control", "public, max-age=31536000, immutable")
        .with_header("Cross-Origin-Resource-Policy", "same-origin");
}

/// GET /accessd.js
Result<http::Response> LoginPageHandlers::site_script(const http::Request& request)
{
    ACCESSD_TRY(auto response, serve_embedded(embedded_login(), "accessd.js", request));
    // For pages of other sites, who may check its hash ("integrity").
    return std::move(response)
        .with_header("Cache-Control", "public, max-age=3600")
        .with_header("Access-Control-Allow-Origin", "*")
        .with_header("Cross-Origin-Resource-Policy", "cross-origin");
}

}  // namespace accessd::app
