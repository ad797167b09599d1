#pragma once

#include "access/email_access.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::access {

/// Email access over the API: api.md, section 4.
class EmailHandlers {
public:
    explicit EmailHandlers(EmailAccess& access);

    Result<http::Response> send_otp(const http::Request& request);
    Result<http::Response> verify_otp(const http::Request& request);

private:
    EmailAccess& access_;
};

}  // namespace accessd::access
