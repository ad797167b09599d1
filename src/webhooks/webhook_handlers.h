#pragma once

#include "base/random.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "http/entity_tag.h"
#include "http/request.h"
#include "http/response.h"
#include "limits/limit_store.h"
#include "outbound/guard.h"
#include "outbound/http_client.h"
#include "projects/projects.h"
#include "webhooks/webhook_store.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::webhooks {

/// Webhooks over the API: api.md, section 9.
class WebhookHandlers {
public:
    struct Parts {
        WebhookStore& store;
        projects::Projects& projects;
        const outbound::Guard& guard;
        outbound::HttpClient& http;
        const crypto::Keyring& keyring;
        limits::LimitStore& limits;
        Clock& clock;
        Random& random;
    };

    explicit WebhookHandlers(Parts parts);

    Result<http::Response> create(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> change(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    Result<http::Response> rotate_secret(const http::Request& request);
    /// Sends a made-up event within the request and answers what came of it.
    Result<http::Response> test(const http::Request& request);

private:
    Result<Webhook> webhook_of(const http::Request& request) const;
    Result<nlohmann::json> check_url(const std::string& url, bool is_test) const;
    http::Response answer(const Webhook& webhook, nlohmann::json extras, std::string_view message,
                          int status) const;
    Result<void> store_change(const http::Request& request, const http::IfMatch& if_match,
                              Webhook& webhook, std::string action);

    Parts parts_;
};

}  // namespace accessd::webhooks
