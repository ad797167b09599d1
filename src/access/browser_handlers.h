#pragma once

#include "access/browser_logins.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::access {

/// What browsers may ask before they have a token: api.md, section 7.
class BrowserHandlers {
public:
    explicit BrowserHandlers(BrowserLogins& logins);

    Result<http::Response> project(const http::Request& request);
    Result<http::Response> challenge(const http::Request& request);
    Result<http::Response> open(const http::Request& request);

private:
    BrowserLogins& logins_;
};

}  // namespace accessd::access
