#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "webhooks/webhook_store.h"

namespace accessd::webhooks {

/// What was sent to webhooks, and sending it again, over the API: api.md, section 9.
class WebhookDeliveryHandlers {
public:
    WebhookDeliveryHandlers(WebhookStore& store, Clock& clock, Random& random);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> redeliver(const http::Request& request);
    Result<http::Response> redeliver_range(const http::Request& request);

private:
    Result<Webhook> webhook_of(const http::Request& request) const;
    Result<Delivery> delivery_of(const http::Request& request) const;

    WebhookStore& store_;
    Clock& clock_;
    Random& random_;
};

}  // namespace accessd::webhooks
