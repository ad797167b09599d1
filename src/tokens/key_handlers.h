#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "tokens/api_keys.h"

namespace accessd::tokens {

/// Keys over the API: api.md, section 12.
class KeyHandlers {
public:
    explicit KeyHandlers(ApiKeys& keys);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> rename(const http::Request& request);
    Result<http::Response> revoke(const http::Request& request);

private:
    ApiKeys& keys_;
};

}  // namespace accessd::tokens
