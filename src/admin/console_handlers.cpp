#include "admin/console_handlers.h"

#include "admin/admin_handlers.h"
#include "admin/sign_in_page.h"
#include "admin/sign_in_words.h"
#include "contacts/accept_language.h"
#include "contacts/email_address.h"
#include "events/audit_handlers.h"
#include "http/cookies.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace accessd::admin {
namespace {

constexpr std::size_t kLinkMax = 2000;

/// The secret of a link that may come as the whole URL: people paste that.
std::string secret_of(const std::string& link) { return link.substr(link.rfind('/') + 1); }

bool is_change(std::string_view method)
{
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

events::AuditEntry audit_of_session(const http::Request& request, const char* action)
{
    auto entry = events::audit_of(request, action);
    entry.target_kind = "admin";
    entry.fields.clear();
    return entry;
}

/// What may be done while the second factor wasn't shown yet: seeing that, showing it, and giving up. The router
/// finds nothing else at these very addresses.
bool is_for_waiting(std::string_view path)
{
    return path == "/v2/access/console/session" || path == "/v2/access/console/session/factor";
}

/// Browsers send what was left empty, too.
std::string without_empty_fields(std::string_view form)
{
    std::string kept;
    while (!form.empty()) {
        const auto end = std::min(form.find('&'), form.size());
        const auto pair = form.substr(0, end);
        form.remove_prefix(std::min(end + 1, form.size()));
        if (pair.ends_with('=')) continue;
        kept += (kept.empty() ? "" : "&") + std::string{pair};
    }
    return kept;
}

/// Pages of other sites may not press our button: they could sign somebody in as themselves. All browsers
/// of today say where a request comes from (W3C Fetch Metadata); what says nothing isn't one.
bool is_from_other_site(const http::Request& request)
{
    const auto from = request.header("Sec-Fetch-Site").value_or("none");
    return from != "same-origin" && from != "none";
}

http::Response html(std::string page, int status = 200)
{
    return http::plain(std::move(page), "text/html; charset=utf-8", status)
        .with_header("Content-Security-Policy", link_page_policy())
        .with_header("Referrer-Policy", "no-referrer");
}

contacts::Language language_of(const http::Request& request)
{
    return contacts::wanted_language(request.header("Accept-Language").value_or(std::string_view{}))
        .value_or(contacts::Language::English);
}

http::Response refusal_page(const http::Request& request)
{
    return html(gone_page(language_of(request)), 401);
}

}  // namespace

nlohmann::json session_json(const SignedIn& signed_in, const std::string& csrf_token)
{
    const auto& session = signed_in.session;
    nlohmann::json fresh_until;
    if (!session.is_waiting) {
        fresh_until = to_rfc3339(session.factor_at + ConsoleSessions::kFactorFresh);
    }
    return {{"admin", to_json(signed_in.admin)},
            {"expires_at", to_rfc3339(session.expires_at)},
            {"csrf_token", csrf_token},
            {"second_factor",
             {{"is_on", signed_in.admin.has_totp},
              {"is_awaited", session.is_waiting},
              {"recovery_codes_left", signed_in.recovery_codes_left},
              {"fresh_until", std::move(fresh_until)}}}};
}

Error no_session()
{
    return Error{ErrorCode::InsufficientScope}.saying(
        "Only a browser that an admin signed in has a session.");
}

SessionCookie::SessionCookie(std::string_view url) : is_secure_(url.starts_with("https://")) {}

Result<std::optional<std::string>> SessionCookie::find(const http::Request& request) const
{
    return http::find_cookie(request, is_secure_ ? "__Host-accessd" : "accessd");
}

std::string SessionCookie::set(const Secret& token) const
{
    constexpr auto life = std::chrono::seconds{ConsoleSessions::kLife}.count();
    return std::string{is_secure_ ? "__Host-accessd=" : "accessd="} + token.reveal() +
           "; Path=/; Max-Age=" + std::to_string(life) + "; HttpOnly; SameSite=Strict" +
           (is_secure_ ? "; Secure" : "");
}

std::string SessionCookie::clear() const
{
    return std::string{is_secure_ ? "__Host-accessd=" : "accessd="} +
           "; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" + (is_secure_ ? "; Secure" : "");
}

Result<std::optional<Caller>> find_session_caller(ConsoleSessions& sessions,
                                                  const SessionCookie& cookie,
                                                  const http::Request& request)
{
    ACCESSD_TRY(const auto token, cookie.find(request));
    if (!token) return std::optional<Caller>{};
    using Waiting = ConsoleSessions::Waiting;
    ACCESSD_TRY(auto caller,
                sessions.authenticate(
                    *token, is_change(request.method), request.header("X-CSRF-Token"),
                    is_for_waiting(request.path) ? Waiting::LetThrough : Waiting::Refused));
    return std::optional{std::move(caller)};
}

ConsoleHandlers::ConsoleHandlers(ConsoleSessions& sessions, SignInCodes& codes, std::string url)
    : sessions_(sessions), codes_(codes), url_(std::move(url)), cookie_(url_)
{
}

/// POST /v2/access/console/session   {"link": "..."}; the first owner adds "email" and may add "name". Without a link
/// {"email": "...", "language": "en"} has a code sent.
Result<http::Response> ConsoleHandlers::begin(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    if (!body.has("link")) return send_code(body, request);
    const auto link = body.string("link", {.required = true, .min = 1, .max = kLinkMax});
    const auto email_text = body.string("email", {.min = 1, .max = 1000});
    const auto name = body.string("name", {.min = 1, .max = 60, .nullable = true});
    std::string email;
    if (email_text) {
        const auto parsed = contacts::EmailAddress::parse(*email_text);
        if (!parsed) body.refuse("email", "isn't an email address: " + parsed.error().message);
        if (parsed) email = parsed->text();
    }
    ACCESSD_CHECK(body.check());
    const auto secret = secret_of(*link);
    ACCESSD_TRY(const bool is_first, sessions_.is_first_link(secret));
    if (is_first && email.empty()) body.refuse("email", "is required: it becomes the owner's");
    if (!is_first && email_text) body.refuse("email", "is known: this link belongs to an admin");
    ACCESSD_CHECK(body.check());

    ACCESSD_TRY(const auto begun,
                sessions_.sign_in(secret, email, name, audit_of_session(request, "session.begun")));
    return signed_in(begun);
}

Result<http::Response> ConsoleHandlers::signed_in(const ConsoleSessions::Begun& begun)
{
    ACCESSD_TRY(const auto now, sessions_.look(begun.token.reveal()));
    return http::success(session_json(now, begun.csrf_token),
                         now.session.is_waiting ? "Show your second factor" : "Signed in")
        .with_header("Set-Cookie", cookie_.set(begun.token));
}

Result<http::Response> ConsoleHandlers::send_code(http::Fields& body, const http::Request& request)
{
    const auto text = body.string("email", {.required = true, .min = 1, .max = 1000});
    const auto language = body.choice("language", false, {"en", "es", "pt"});
    std::optional<contacts::EmailAddress> email;
    if (text) {
        auto parsed = contacts::EmailAddress::parse(*text);
        if (!parsed) body.refuse("email", "isn't an email address: " + parsed.error().message);
        if (parsed) email = std::move(*parsed);
    }
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto sent,
                codes_.send(*email, contacts::parse_language(language.value_or("en")).value(),
                            request.peer));
    return http::success(
        {{"sign_in_id", sent.id},
         {"expires_at", to_rfc3339(sent.expires_at)},
         {"attempts_remaining", SignInCodes::kAttemptsMax},
         {"resend_after_seconds", std::chrono::seconds{SignInCodes::kResendAfter}.count()}},
        "If this is an admin's address, a code is on its way");
}

/// POST /v2/access/console/session/verify   {"sign_in_id": "sic_...", "otp": "123456"}
Result<http::Response> ConsoleHandlers::verify(const http::Request& request)
{
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto id = body.string("sign_in_id", {.required = true, .min = 1, .max = 64});
    const auto otp = body.string("otp", {.required = true, .min = 1, .max = 10});
    ACCESSD_CHECK(body.check());
    auto begun = codes_.verify(*id, *otp, audit_of_session(request, "session.begun"));
    if (!begun && begun.error().code == ErrorCode::InvalidCredentials) {
        return Error{ErrorCode::InvalidCredentials}.saying(
            "This code was used, has expired or has no tries left. Ask for a new one.");
    }
    if (!begun) return std::move(begun).error();
    return signed_in(*begun);
}

/// GET /v2/access/console/session
Result<http::Response> ConsoleHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto token, cookie_.find(request));
    if (!token || !request.authenticated().is_person) return no_session();
    ACCESSD_TRY(const auto signed_in, sessions_.look(*token));
    return http::success(session_json(signed_in, ConsoleSessions::csrf_token_of(*token)),
                         "Session");
}

/// DELETE /v2/access/console/session
Result<http::Response> ConsoleHandlers::end(const http::Request& request)
{
    ACCESSD_TRY(const auto token, cookie_.find(request));
    if (!token || !request.authenticated().is_person) return no_session();
    const auto audit =
        audit_of_session(request, "session.ended").about(request.authenticated().subject, {});
    ACCESSD_CHECK(sessions_.end(*token, audit));
    return http::success({{"ended", true}}, "Signed out")
        .with_header("Set-Cookie", cookie_.clear());
}

/// GET /console/link/{token}: a page whose button uses the link. Looking uses nothing up: programs that
/// look at links in mail and chat would.
Result<http::Response> ConsoleHandlers::show_link(const http::Request& request)
{
    const auto& secret = request.parameter("token");
    const auto is_first = sessions_.is_first_link(secret);
    if (!is_first && is_first.error().code == ErrorCode::InvalidCredentials) {
        return refusal_page(request);
    }
    if (!is_first) return is_first.error();
    return html(link_page({.language = language_of(request),
                           .secret = secret,
                           .url = url_,
                           .is_first = *is_first,
                           .problem = {}}));
}

/// POST /console/link/{token}, of the page's form: email and name for the first owner
Result<http::Response> ConsoleHandlers::use_link(const http::Request& request)
{
    if (is_from_other_site(request)) {
        return html(elsewhere_page(language_of(request)), 403);
    }
    const auto& secret = request.parameter("token");
    const auto is_first = sessions_.is_first_link(secret);
    if (!is_first && is_first.error().code == ErrorCode::InvalidCredentials) {
        return refusal_page(request);
    }
    if (!is_first) return is_first.error();

    http::Request form;  // A form's fields are written like a query's.
    form.query = without_empty_fields(request.body);
    http::Query fields{form};
    const auto email_text = fields.string("email", 1000).value_or("");
    const auto name = fields.string("name", 60);
    const auto email = contacts::EmailAddress::parse(email_text);
    if (!fields.check() || (*is_first && !email)) {
        const auto& words = sign_in_words(language_of(request));
        return html(link_page({.language = language_of(request),
                               .secret = secret,
                               .url = url_,
                               .is_first = *is_first,
                               .problem = email ? words.form_wrong : words.email_wrong}),
                    400);
    }
    const auto begun = sessions_.sign_in(secret, *is_first ? email->text() : std::string{}, name,
                                         audit_of_session(request, "session.begun"));
    if (!begun && begun.error().code == ErrorCode::InvalidCredentials) {
        return refusal_page(request);
    }
    if (!begun) return begun.error();
    // Browsers go on to the console; who reads this with curl finds what to do next in the page.
    return html(signed_in_page(language_of(request), begun->admin, url_), 303)
        .with_header("Location", "/console")
        .with_header("Set-Cookie", cookie_.set(begun->token));
}

}  // namespace accessd::admin
