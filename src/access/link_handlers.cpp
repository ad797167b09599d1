#include "access/link_handlers.h"

#include "access/link_page.h"
#include "access/link_token.h"
#include "access/redirect.h"
#include "base/log.h"
#include "contacts/accept_language.h"
#include "contacts/email_address.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace accessd::access {
namespace {

http::Response page(LinkPage made, int status = 200)
{
    return http::plain(std::move(made.html), "text/html; charset=utf-8", status)
        .with_header("Content-Security-Policy", std::move(made.policy))
        .with_header("Referrer-Policy", "no-referrer")
        .with_header("X-Robots-Tag", "noindex, nofollow");
}

contacts::Language language_or_english(const http::Request& request)
{
    return contacts::wanted_language(request.header("Accept-Language").value_or(std::string_view{}))
        .value_or(contacts::Language::English);
}

PageOwner owner_of(const projects::Project& project, contacts::Language language)
{
    return {language, project.name, project.branding.primary_color,
            project.branding.background_color};
}

PageOwner owner_of(const OpenedLink& link)
{
    return owner_of(link.setup->project, link.validation.language);
}

PressingBrowser browser_of(const http::Request& request)
{
    return {request.peer, std::string{request.header("User-Agent").value_or("")}, {}};
}

/// The page that a link answers with; nothing for what is no fault of the link's.
std::optional<http::Response> refusal_page(const Error& error, contacts::Language language)
{
    switch (error.code) {
    case ErrorCode::ValidationNotFound: return page(gone_page(language), 404);
    case ErrorCode::OtpExpired:
    case ErrorCode::AlreadyValidated:
    case ErrorCode::ValidationCanceled:
    case ErrorCode::AttemptsExhausted:
    case ErrorCode::LoginComplete:
    case ErrorCode::LoginUserMismatch:
    case ErrorCode::FlowNotActive:
    case ErrorCode::MethodDisabled:
    case ErrorCode::RedirectNotAllowed: return page(gone_page(language), 410);
    case ErrorCode::Locked: break;
    default: return std::nullopt;
    }
    auto locked = page(locked_page({language, {}, {}, {}}), 429);
    const auto wait = error.retry_after.value_or(std::chrono::hours{1});
    locked.headers.push_back({"Retry-After", std::to_string(wait.count())});
    return locked;
}

http::Response login_page(const OpenedLink& link, int status = 200)
{
    if (link.browser == BrowserMatch::Other) {
        return page(other_browser_page(owner_of(link), link.code.reveal()), status);
    }
    // Where it isn't known who asked, the code stands there for the case that it was another browser.
    const bool shows_code = link.browser == BrowserMatch::Unknown;
    return page(confirm_login_page(owner_of(link), shows_code ? link.code.reveal() : std::string{},
                                   link.validation.redirect_url),
                status);
}

http::Response to_customer(const PressedLink& pressed)
{
    auto target =
        redirect_with_code(pressed.link.validation.redirect_url, pressed.login_code, pressed.state);
    return http::plain({}, "text/html; charset=utf-8", 303)
        .with_header("Location", std::move(target))
        .with_header("Referrer-Policy", "no-referrer");
}

}  // namespace

LinkHandlers::LinkHandlers(MagicLinks& links, LockStore& locks, projects::ProjectLookup& projects,
                           Clock& clock, std::string public_url)
    : links_(links),
      locks_(locks),
      projects_(projects),
      clock_(clock),
      own_origin_(origin_of(public_url))
{
}

/// Whether another site's page sent the form: it could log a person in as somebody else. Browsers say so in
/// Sec-Fetch-Site; older ones in Origin, which is "null" for our own page, as it sends no referrer.
bool LinkHandlers::is_from_elsewhere(const http::Request& request) const
{
    if (const auto site = request.header("Sec-Fetch-Site")) return *site != "same-origin";
    const auto origin = request.header("Origin");
    return origin && *origin != "null" && *origin != own_origin_;
}

/// GET /login/link/{token}
Result<http::Response> LinkHandlers::show_login(const http::Request& request)
{
    const auto link = links_.open(request.parameter("token"), browser_of(request));
    if (link) return login_page(*link);
    auto refused = refusal_page(link.error(), language_or_english(request));
    if (!refused) return link.error();
    return *std::move(refused);
}

/// POST /login/link/{token}
Result<http::Response> LinkHandlers::press_login(const http::Request& request)
{
    const auto& token = request.parameter("token");
    if (is_from_elsewhere(request)) {
        auto shown = show_login(request);
        if (shown && shown->status == 200) shown->status = 403;
        return shown;
    }
    const auto pressed = links_.press(token, browser_of(request));
    if (!pressed) {
        auto refused = refusal_page(pressed.error(), language_or_english(request));
        if (!refused) return pressed.error();
        return *std::move(refused);
    }
    const auto& validation = pressed->link.validation;
    if (!pressed->is_accepted) return login_page(pressed->link, 403);
    log::info("link accepted", {{"request_id", request.id},
                                {"project_id", validation.project_id},
                                {"validation_id", validation.id}});
    if (pressed->is_complete) return to_customer(*pressed);
    return page(next_method_page(owner_of(pressed->link), pressed->remaining));
}

/// GET /login/unlock/{token}
Result<http::Response> LinkHandlers::show_unlock(const http::Request& request)
{
    const auto& token = request.parameter("token");
    std::optional<Lock> lock;
    if (looks_like_link_token(token)) {
        ACCESSD_TRY(lock, locks_.find_by_link(link_digest(token), clock_.now()));
    }
    if (!lock) return page(unlock_gone_page(language_or_english(request)), 404);
    ACCESSD_TRY(const auto setup, projects_.find(lock->identity.project_id));
    if (!setup) return page(unlock_gone_page(language_or_english(request)), 404);
    const auto& project = setup->project;
    const auto language =
        contacts::wanted_language(request.header("Accept-Language").value_or(std::string_view{}))
            .value_or(project.default_language);
    return page(confirm_unlock_page(owner_of(project, language),
                                    contacts::masked_contact(lock->identity.contact)));
}

/// POST /login/unlock/{token}
Result<http::Response> LinkHandlers::press_unlock(const http::Request& request)
{
    if (is_from_elsewhere(request)) {
        auto shown = show_unlock(request);
        if (shown && shown->status == 200) shown->status = 403;
        return shown;
    }
    const auto& token = request.parameter("token");
    if (!looks_like_link_token(token)) {
        return page(unlock_gone_page(language_or_english(request)), 404);
    }
    auto lock = locks_.clear_by_link(link_digest(token), clock_.now());
    if (!lock) {
        if (lock.error().code != ErrorCode::LockNotFound) return std::move(lock).error();
        return page(unlock_gone_page(language_or_english(request)), 404);
    }
    log::info("unlocked by link", {{"request_id", request.id},
                                   {"project_id", lock->identity.project_id},
                                   {"lock_id", lock->id}});
    ACCESSD_TRY(const auto setup, projects_.find(lock->identity.project_id));
    PageOwner owner{language_or_english(request), {}, {}};
    if (setup) {
        owner = owner_of(setup->project,
                         contacts::wanted_language(
                             request.header("Accept-Language").value_or(std::string_view{}))
                             .value_or(setup->project.default_language));
    }
    return page(unlocked_page(owner));
}

}  // namespace accessd::access
