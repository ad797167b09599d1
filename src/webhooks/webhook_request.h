#pragma once

#include "base/secret.h"
#include "events/event.h"
#include "outbound/http_client.h"
#include "webhooks/webhook_delivery.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::webhooks {

/// The request of one try, signed. `id`: webhook-id, the same on every retry.
/// Source: Standard Webhooks 1.0, webhook headers.
outbound::HttpRequest make_request(const std::string& url, const std::vector<Secret>& secrets,
                                   std::string_view id, std::string body, TimePoint at);

/// What a try came to.
struct TryOutcome {
    Try made;  ///< Its number is the caller's to give.
    bool is_good = false;
    bool is_gone = false;                 ///< The endpoint wants nothing more: 410.
    std::chrono::seconds retry_after{0};  ///< It asks for as much rest; 0: it doesn't.
};

/// Source: Standard Webhooks 1.0, delivery success and failure.
TryOutcome judge_try(const outbound::HttpResult& result, TimePoint started_at,
                     std::chrono::milliseconds duration);

}  // namespace accessd::webhooks
