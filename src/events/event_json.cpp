#include "events/event_json.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

namespace accessd::events {
namespace {

/// What the subject of an event is called in its data.
const char* subject_name(EventType type)
{
    switch (type) {
    case EventType::WebhookDisabled: return "webhook_id";
    case EventType::SourceDown:
    case EventType::SourceUp: return "source_id";
    case EventType::ImportFinished: return "import_id";
    case EventType::SecurityFraudBlocked:
    case EventType::SecurityFraudUnblocked: return "block_id";
    default: return "subject_id";
    }
}

}  // namespace

nlohmann::json event_data(const Event& event)
{
    nlohmann::json data{
        {"project_id", event.project_id}, {"sequence", event.sequence}, {"test", event.test}};
    const auto add = [&data](const char* name, const std::string& value) {
        if (!value.empty()) data[name] = value;
    };
    add("flow_id", event.flow_id);
    add("login_id", event.login_id);
    add("validation_id", event.validation_id);
    add("user_id", event.user_id);
    add(subject_name(event.type), event.subject_id);
    add("channel", event.channel);
    add("destination", event.destination);
    add("reason", event.reason);
    if (event.count != 0) data["count"] = event.count;
    if (event.metadata.empty()) return data;
    if (auto metadata = parse_json(event.metadata)) data["metadata"] = *std::move(metadata);
    return data;
}

std::string event_body(const Event& event)
{
    const nlohmann::json body{{"type", to_text(event.type)},
                              {"timestamp", to_rfc3339(event.at)},
                              {"data", event_data(event)}};
    // A reason may hold a relay's words, whose bytes need not be UTF-8.
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace accessd::events
