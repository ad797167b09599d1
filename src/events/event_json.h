#pragma once

#include "events/event.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::events {

/// `data` of an event, as webhooks, streams and lists show it: what applies to it, and nothing else.
/// Source: api.md, section 9.
nlohmann::json event_data(const Event& event);

/// {"type", "timestamp", "data"}: the same bytes for the same event.
std::string event_body(const Event& event);

}  // namespace accessd::events
