#pragma once

#include "admin/console_sessions.h"
#include "admin/sign_in_codes.h"
#include "base/result.h"
#include "http/fields.h"
#include "http/request.h"
#include "http/response.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace accessd::admin {

/// The cookie of a session. Over https its name starts with __Host-, so that browsers take it from this host
/// alone and send it over https only; http to loopback, for trying things, can't have that name.
class SessionCookie {
public:
    explicit SessionCookie(std::string_view url);

    /// Errors: InvalidToken for a request with two.
    Result<std::optional<std::string>> find(const http::Request& request) const;
    std::string set(const Secret& token) const;  ///< Value of Set-Cookie.
    std::string clear() const;

private:
    bool is_secure_;
};

/// Who the cookie of a request says is signed in; nothing without one. Errors: those of
/// ConsoleSessions::authenticate; InvalidToken.
Result<std::optional<Caller>> find_session_caller(ConsoleSessions& sessions,
                                                  const SessionCookie& cookie,
                                                  const http::Request& request);

/// A session as the API shows it.
nlohmann::json session_json(const SignedIn& signed_in, const std::string& csrf_token);

/// For who comes without a session's cookie.
Error no_session();

/// Signing in to the console: over the API, and with a plain page for who opens a link. api.md, section 12.
class ConsoleHandlers {
public:
    /// `url`: where the server is reached.
    ConsoleHandlers(ConsoleSessions& sessions, SignInCodes& codes, std::string url);

    Result<http::Response> begin(const http::Request& request);
    Result<http::Response> verify(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> end(const http::Request& request);

    Result<http::Response> show_link(const http::Request& request);
    Result<http::Response> use_link(const http::Request& request);

private:
    Result<http::Response> send_code(http::Fields& body, const http::Request& request);
    Result<http::Response> signed_in(const ConsoleSessions::Begun& begun);

    ConsoleSessions& sessions_;
    SignInCodes& codes_;
    std::string url_;
    SessionCookie cookie_;
};

}  // namespace accessd::admin
