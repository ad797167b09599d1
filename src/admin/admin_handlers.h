#pragma once

#include "admin/admins.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::admin {

/// Admins over the API: api.md, section 12.
class AdminHandlers {
public:
    /// `url`: where the server is reached; links start with it.
    AdminHandlers(Admins& admins, std::string url);

    Result<http::Response> invite(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    Result<http::Response> remove_factor(const http::Request& request);

private:
    Admins& admins_;
    std::string url_;
};

/// As the API shows it.
nlohmann::json to_json(const Admin& admin);

/// Where a link leads. The secret is in the path: a page's address reaches no other site, as ours send no
/// Referer.
std::string link_url(const std::string& url, const Secret& link);

}  // namespace accessd::admin
