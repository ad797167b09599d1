#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

#include <functional>
#include <string>

namespace accessd::projects {

/// Whether a project's mail can leave, once it is live. Errors: StoreUnavailable.
using HasEmailSender = std::function<Result<bool>(const std::string& project_id)>;

/// Errors: StoreUnavailable.
using CountWebhooks = std::function<Result<WebhookCounts>(const std::string& project_id)>;

/// Step 1 of set-up over the API, and how far the five are: api.md, section 3.
class ProjectHandlers {
public:
    ProjectHandlers(Projects& projects, HasEmailSender has_email_sender,
                    CountWebhooks count_webhooks);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    Result<http::Response> setup(const http::Request& request);

private:
    Projects& projects_;
    HasEmailSender has_email_sender_;
    CountWebhooks count_webhooks_;
};

}  // namespace accessd::projects
