#pragma once

#include "base/clock.h"
#include "events/event.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::webhooks {

enum class WebhookStatus {
    Active,
    Paused,    ///< By whoever manages it: what happens waits until it is active again.
    Disabled,  ///< By the server: what happens meanwhile is sent only if asked for.
};

std::string_view to_text(WebhookStatus status);
std::optional<WebhookStatus> parse_webhook_status(std::string_view text);

/// Why the server disabled a webhook.
inline constexpr std::string_view kGone = "gone";        ///< It answered 410.
inline constexpr std::string_view kFailing = "failing";  ///< Nothing else for five days.

/// Which events a webhook is for.
class Subscription {
public:
    Subscription() = default;
    /// Names of types, or "*" alone. Nothing for what is neither.
    static std::optional<Subscription> parse(const std::vector<std::string>& names);
    /// What text() wrote; names that are known no more are passed over.
    static Subscription of_text(std::string_view text);

    bool takes(events::EventType type) const;
    bool is_all() const { return is_all_; }
    std::vector<std::string> names() const;
    std::string text() const;  ///< "login.completed user.created", "*".

private:
    bool is_all_ = false;
    std::vector<events::EventType> types_;
};

/// How a webhook fares.
struct WebhookHealth {
    std::optional<TimePoint> failing_since;  ///< Nothing came through since.
    std::optional<TimePoint> succeeded_at;
    std::optional<TimePoint> failed_at;
    std::int64_t waiting = 0;  ///< Events that were not tried yet.
};

/// Where a project's events are sent.
struct Webhook {
    std::string id;
    std::string project_id;
    std::string url;
    Subscription subscription;
    std::string description;
    WebhookStatus status = WebhookStatus::Active;
    std::string disabled_reason;  ///< kGone, kFailing; empty unless disabled.
    // Sealed for secret_context(id).
    std::string sealed_secret;
    std::string sealed_old_secret;  ///< Signs too, until then; empty: none.
    std::optional<TimePoint> old_secret_until;
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;
    WebhookHealth health;  ///< Read with it, never written.
};

/// What a webhook's secret is bound to.
inline std::string secret_context(const std::string& webhook_id)
{
    return "webhook:" + webhook_id + ":secret";
}

}  // namespace accessd::webhooks
