#include "webhooks/webhook_delivery.h"

#include <cstdlib>

namespace accessd::webhooks {

std::string_view to_text(DeliveryStatus status)
{
    switch (status) {
    case DeliveryStatus::Queued: return "queued";
    case DeliveryStatus::Delivered: return "delivered";
    case DeliveryStatus::Failed: return "failed";
    }
    std::abort();
}

std::optional<DeliveryStatus> parse_delivery_status(std::string_view text)
{
    using enum DeliveryStatus;
    for (const auto status : {Queued, Delivered, Failed}) {
        if (text == to_text(status)) return status;
    }
    return std::nullopt;
}

}  // namespace accessd::webhooks
