#pragma once

#include "base/page.h"
#include "base/result.h"
#include "events/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace accessd::events {

struct EventFilter {
    std::vector<EventType> types;  ///< Empty: all.
    std::optional<std::string> user_id;
    std::optional<std::string> login_id;
    std::optional<std::string> validation_id;
    std::optional<TimePoint> from;  ///< Included.
    std::optional<TimePoint> to;    ///< Not included.

    bool takes(const Event& event) const;
};

/// Reads what happened. Writing is part of the stores whose changes are reported.
class EventStore {
public:
    virtual ~EventStore() = default;

    /// In order of `sequence`. Errors: StoreUnavailable.
    virtual Result<std::vector<Event>> of_validation(const std::string& project_id,
                                                     const std::string& validation_id) = 0;
    /// The newest first; a page continues after a sequence. It may hold fewer than asked for and still have a next
    /// one: filters look at a bounded number of rows. Errors: StoreUnavailable.
    virtual Result<Page<Event>> list(const std::string& project_id, const EventFilter& filter,
                                     const PageRequest& page) = 0;
    /// The number of the last event; 0: there was none. Errors: StoreUnavailable.
    virtual Result<std::int64_t> last_sequence(const std::string& project_id) = 0;
    /// In order of `sequence`, those after `sequence`, at most `limit`. Errors: StoreUnavailable.
    virtual Result<std::vector<Event>> after(const std::string& project_id, std::int64_t sequence,
                                             int limit) = 0;
};

}  // namespace accessd::events
