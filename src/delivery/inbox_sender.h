#pragma once

#include "base/clock.h"
#include "delivery/message.h"
#include "delivery/sender.h"
#include "projects/project_store.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace accessd::delivery {

/// How a message ends in a test project's inbox.
struct InboxOutcome {
    SendOutcome sent;
    bool receipt = false;               ///< The recipient has it: there is no network between.
    std::optional<TimePoint> retry_at;  ///< When to try again; nothing: the usual back-off.
};

/// A slow test recipient's message is accepted this long after it was made.
inline constexpr auto kSlowDelivery = std::chrono::seconds{5};

/// The name in attempts and metrics of deliveries into an inbox.
inline constexpr std::string_view kInboxSender = "inbox";

/// Puts a message into the inbox, or fails in the way its test recipient asks for. The inbox shows
/// the stored message itself, so there is nothing to write.
InboxOutcome deliver_to_inbox(const Message& message, projects::TestRecipient::Outcome wanted,
                              TimePoint now);

}  // namespace accessd::delivery
