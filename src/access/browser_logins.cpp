#include "access/browser_logins.h"

#include "base/encoding.h"
#include "base/id.h"
#include "limits/client_network.h"
#include "projects/project_rules.h"

#include <algorithm>
#include <utility>

namespace accessd::access {
namespace {

using namespace std::chrono_literals;

/// Source: api.md, section 7.
constexpr auto kLoginLife = 15min;
constexpr std::size_t kSha256Bytes = 32;

Newcomer newcomer_of(const projects::Project& project, const std::string& client_ip)
{
    return {project.id, limits::client_network(client_ip)};
}

bool is_other(const std::optional<std::string>& named, const std::string& own)
{
    return named && *named != own;
}

}  // namespace

Result<const projects::Flow*> find_browser_flow(const projects::ProjectSetup& setup,
                                                const std::optional<std::string>& flow_id,
                                                const std::string& redirect_url)
{
    const auto* flow = flow_id ? setup.flow(*flow_id) : setup.default_flow();
    if (flow_id && flow == nullptr) return ErrorCode::FlowNotFound;
    if (flow == nullptr || flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    const auto& urls = flow->redirect_urls;
    if (std::find(urls.begin(), urls.end(), redirect_url) == urls.end()) {
        return ErrorCode::RedirectNotAllowed;
    }
    return flow;
}

bool is_code_challenge(const std::string& text)
{
    const auto bytes = from_base64url(text);
    return bytes && bytes->size() == kSha256Bytes;
}

BrowserLogins::BrowserLogins(Parts parts) : parts_(std::move(parts)) {}

Result<std::shared_ptr<const projects::ProjectSetup>> BrowserLogins::find_project(
    const std::string& slug)
{
    if (!projects::is_slug(slug)) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(const auto project, parts_.project_store.find_by_slug(slug));
    if (!project) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(auto setup, parts_.projects.find(project->id));
    if (!setup) return ErrorCode::ProjectNotFound;
    return setup;
}

Challenge BrowserLogins::challenge(const projects::Project& project, const std::string& client_ip)
{
    return parts_.proofs.challenge(newcomer_of(project, client_ip), parts_.clock.now());
}

Result<OpenedLogin> BrowserLogins::open(const BrowserLoginRequest& request)
{
    const auto now = parts_.clock.now();
    OpenedLogin opened;
    ACCESSD_TRY(opened.setup, find_project(request.project));
    ACCESSD_TRY(opened.flow,
                find_browser_flow(*opened.setup, request.flow_id, request.redirect_url));
    const auto& project = opened.setup->project;

    auto& login = opened.login;
    login.id = make_id("login_", now, parts_.random);
    login.project_id = project.id;
    login.flow_id = opened.flow->id;
    login.opened_by = kOpenedByBrowser;
    login.created_at = now;
    login.expires_at = now + kLoginLife;
    login.redirect_url = request.redirect_url;
    login.state = request.state;
    login.code_challenge = request.code_challenge;

    const auto newcomer = newcomer_of(project, request.client_ip);
    if (auto spent = spend(request, newcomer, opened, now); !spent) {
        auto error = std::move(spent).error();
        if (error.code != ErrorCode::ChallengeRequired) return error;
        return challenged(std::move(error), newcomer);
    }
    opened.token =
        parts_.tokens.issue({login.project_id, login.flow_id, login.id}, login.expires_at);
    return opened;
}

Result<void> BrowserLogins::spend(const BrowserLoginRequest& request, const Newcomer& newcomer,
                                  const OpenedLogin& opened, TimePoint now)
{
    ACCESSD_TRY(const auto proof, parts_.proofs.check(newcomer, request.proof, now));
    OpenLogin open;
    open.login = opened.login;
    open.proof_id = proof.id;
    open.proof_expires_at = proof.expires_at;
    open.test = opened.setup->project.is_test();
    open.now = now;
    if (const int count = parts_.limit_settings.client_logins_per_hour; count > 0) {
        open.limits.push_back({"client_logins_hour:" + newcomer.project_id + ":" + newcomer.network,
                               {count, 1h, "client_logins_hour"}});
    }
    auto done = parts_.logins.open(open);
    // What a limit refuses was paid for all the same, and is use that the next price counts.
    if (done || done.error().code == ErrorCode::RateLimited) parts_.proofs.spent(newcomer, now);
    return done;
}

/// With all that the next try needs.
Error BrowserLogins::challenged(Error error, const Newcomer& newcomer)
{
    if (error.details.empty()) error.details.emplace_back("reason", std::string{"used"});
    const auto next = parts_.proofs.challenge(newcomer, parts_.clock.now());
    error.details.emplace_back("kind", next.kind);
    error.details.emplace_back("challenge", next.challenge);
    error.details.emplace_back("difficulty", std::int64_t{next.difficulty});
    error.details.emplace_back("expires_at", to_rfc3339(next.expires_at));
    return error;
}

Result<void> check_own(const BrowserLogin& browser, const std::optional<std::string>& project_id,
                       const std::optional<std::string>& flow_id,
                       const std::optional<std::string>& login_id)
{
    if (!is_other(project_id, browser.project_id) && !is_other(flow_id, browser.flow_id) &&
        !is_other(login_id, browser.login_id)) {
        return {};
    }
    return Error{ErrorCode::InsufficientScope}.saying(
        "A browser's token runs its own login: leave project_id, flow_id and login_id out.");
}

}  // namespace accessd::access
