#pragma once

#include "base/page.h"
#include "base/result.h"
#include "events/event.h"

#include <string>
#include <vector>

namespace accessd::events {

/// Reads what happened. Writing is part of the stores whose changes are reported.
class EventStore {
public:
    virtual ~EventStore() = default;

    /// In order of `sequence`. Errors: StoreUnavailable.
    virtual Result<std::vector<Event>> of_validation(const std::string& project_id,
                                                     const std::string& validation_id) = 0;
    /// In order of `sequence`, those after `sequence`, at most `limit`. Errors: StoreUnavailable.
    virtual Result<std::vector<Event>> after(const std::string& project_id, std::int64_t sequence,
                                             int limit) = 0;
};

}  // namespace accessd::events
