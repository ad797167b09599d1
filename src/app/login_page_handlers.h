#pragma once

#include "access/browser_logins.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::app {

/// The hosted login page at /login/{slug}, and the script by which sites open it.
///
/// The page is a file that the build made of web/login. What the project shows is written into it, so that it
/// draws itself without asking, and its Content-Security-Policy names the hosts of the project's pictures.
class LoginPageHandlers {
public:
    explicit LoginPageHandlers(access::BrowserLogins& logins);

    Result<http::Response> page(const http::Request& request);
    Result<http::Response> asset(const http::Request& request);
    Result<http::Response> site_script(const http::Request& request);

private:
    access::BrowserLogins& logins_;
};

}  // namespace accessd::app
