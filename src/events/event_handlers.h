#pragma once

#include "base/result.h"
#include "events/event_store.h"
#include "events/event_streams.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

namespace accessd::events {

/// What happened, to list and to follow: api.md, section 9.
class EventHandlers {
public:
    /// `guard` tells whether a stream's credentials are still good.
    EventHandlers(EventStore& store, EventStreams& streams, http::Guard& guard);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> stream(const http::Request& request);

private:
    EventStore& store_;
    EventStreams& streams_;
    http::Guard& guard_;
};

}  // namespace accessd::events
