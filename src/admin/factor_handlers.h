#pragma once

#include "admin/admins.h"
#include "admin/console_handlers.h"
#include "admin/second_factors.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

#include <string>

namespace accessd::admin {

/// `handler` for people only when they showed a factor within ConsoleSessions::kFactorFresh: a browser left open, or
/// a session that was taken over, is no way to what can't be taken back. Keys are let through: they are no browsers.
/// Errors: ChallengeRequired with kind second_factor; those of the handler.
http::Handler with_fresh_factor(const Clock& clock, http::Handler handler);

/// Second factors of whoever is signed in to the console. api.md, section 12.
class FactorHandlers {
public:
    /// `url`: where the server is reached; apps show its host.
    FactorHandlers(SecondFactors& factors, ConsoleSessions& sessions, Admins& admins,
                   const std::string& url);

    Result<http::Response> show(const http::Request& request);
    Result<http::Response> start(const http::Request& request);
    Result<http::Response> confirm(const http::Request& request);
    Result<http::Response> renew_recovery_codes(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);

private:
    struct Person {
        std::string token;
        Admin admin;
    };
    /// Errors: InsufficientScope for who isn't a person with a session.
    Result<Person> person_of(const http::Request& request);

    SecondFactors& factors_;
    ConsoleSessions& sessions_;
    Admins& admins_;
    SessionCookie cookie_;
    std::string issuer_;
};

}  // namespace accessd::admin
