#pragma once

#include "access/login_exchange.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::access {

/// Codes of finished logins for tokens: api.md, section 7.
class ExchangeHandlers {
public:
    explicit ExchangeHandlers(LoginExchange& exchange) : exchange_(exchange) {}

    Result<http::Response> exchange(const http::Request& request);
    Result<http::Response> renew(const http::Request& request);

private:
    LoginExchange& exchange_;
};

}  // namespace accessd::access
