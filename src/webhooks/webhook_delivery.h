#pragma once

#include "base/clock.h"
#include "events/event.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::webhooks {

enum class DeliveryStatus {
    Queued,     ///< Waits for its next try.
    Delivered,  ///< The endpoint took it: a status of 200 to 299.
    Failed,     ///< Out of tries, or the endpoint was disabled meanwhile.
};

std::string_view to_text(DeliveryStatus status);
std::optional<DeliveryStatus> parse_delivery_status(std::string_view text);

/// One event on its way to one webhook. There is at most one for the two, however often it is sent again.
struct Delivery {
    std::string id;
    std::string webhook_id;
    std::string project_id;
    std::int64_t sequence = 0;  ///< Of the event, as is what follows.
    std::string event_id;       ///< `webhook-id` of every try.
    std::string type;
    DeliveryStatus status = DeliveryStatus::Queued;
    int tries = 0;
    int step = 0;  ///< Of the schedule: tries since it was last queued by hand.
    std::optional<TimePoint> next_try_at;  ///< While it is queued.
    TimePoint created_at;
    std::optional<TimePoint> ended_at;
    std::optional<int> last_status;  ///< Of HTTP; nothing: no answer came.
    std::string last_reason;         ///< Plain words; empty: the last try was good.
};

/// One try and what the endpoint answered.
struct Try {
    int number = 1;
    TimePoint started_at;
    std::chrono::milliseconds duration{0};
    std::optional<int> status;   ///< Of HTTP; nothing: no answer came.
    std::string reason;          ///< Plain words; empty: it was good.
    std::string headers = "{}";  ///< JSON object of names and values.
    std::string answer;          ///< UTF-8, its first 4 KiB.
};

/// A delivery after one more try.
struct TriedDelivery {
    Delivery delivery;
    Try made;
};

}  // namespace accessd::webhooks
