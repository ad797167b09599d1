#include "webhooks/webhook.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::webhooks {

std::string_view to_text(WebhookStatus status)
{
    switch (status) {
    case WebhookStatus::Active: return "active";
    case WebhookStatus::Paused: return "paused";
    case WebhookStatus::Disabled: return "disabled";
    }
    std::abort();
}

std::optional<WebhookStatus> parse_webhook_status(std::string_view text)
{
    using enum WebhookStatus;
    for (const auto status : {Active, Paused, Disabled}) {
        if (text == to_text(status)) return status;
    }
    return std::nullopt;
}

std::optional<Subscription> Subscription::parse(const std::vector<std::string>& names)
{
    Subscription made;
    if (names == std::vector<std::string>{"*"}) {
        made.is_all_ = true;
        return made;
    }
    for (const auto& name : names) {
        const auto type = events::parse_event_type(name);
        if (!type) return std::nullopt;
        made.types_.push_back(*type);
    }
    if (made.types_.empty()) return std::nullopt;
    return made;
}

Subscription Subscription::of_text(std::string_view text)
{
    Subscription made;
    made.is_all_ = text == "*";
    while (!made.is_all_ && !text.empty()) {
        const auto name = text.substr(0, text.find(' '));
        if (const auto type = events::parse_event_type(name)) made.types_.push_back(*type);
        text.remove_prefix(std::min(text.size(), name.size() + 1));
    }
    return made;
}

bool Subscription::takes(events::EventType type) const
{
    return is_all_ || std::find(types_.begin(), types_.end(), type) != types_.end();
}

std::vector<std::string> Subscription::names() const
{
    if (is_all_) return {"*"};
    std::vector<std::string> names;
    for (const auto type : types_) names.emplace_back(events::to_text(type));
    return names;
}

std::string Subscription::text() const
{
    std::string text;
    for (const auto& name : names()) text += (text.empty() ? "" : " ") + name;
    return text;
}

}  // namespace accessd::webhooks
