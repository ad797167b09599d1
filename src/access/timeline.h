#pragma once

#include "access/validation.h"
#include "base/clock.h"
#include "delivery/message.h"
#include "delivery/receipt_store.h"
#include "events/event.h"

#include <string>
#include <vector>

namespace accessd::access {

/// One thing that happened to a validation, in words for a support person.
struct TimelineEntry {
    TimePoint at;
    std::string type;             ///< "queued".
    std::string text;             ///< A sentence.
    std::string reason;           ///< Why, where something failed.
    std::string provider_answer;  ///< The other side's own words.
};

/// Everything that happened, in order of time: the answer to "why did I get no code?".
/// `now` decides whether a pending validation has expired unnoticed so far.
std::vector<TimelineEntry> build_timeline(const Validation& validation,
                                          const std::vector<events::Event>& events,
                                          const std::vector<delivery::Message>& messages,
                                          const std::vector<delivery::Attempt>& attempts,
                                          TimePoint now);

/// Puts what relays said afterwards into a timeline that was built.
void add_receipts(std::vector<TimelineEntry>& timeline,
                  const std::vector<delivery::Receipt>& receipts);

}  // namespace accessd::access
