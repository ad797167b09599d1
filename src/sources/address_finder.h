#pragma once

#include "outbound/guard.h"
#include "sources/source_client.h"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace accessd::sources {

/// Where a database may be connected to. Its client library is given these addresses and never the name, so that
/// a name that leads elsewhere by then (DNS rebinding) gains nothing. All addresses of the name must be allowed.
/// Threads: safe to call concurrently; may wait 3 s for names.
class AddressFinder {
public:
    explicit AddressFinder(const outbound::Guard& guard,
                           outbound::Resolve resolve = outbound::resolve_with_system)
        : guard_(guard), resolve_(std::move(resolve))
    {
    }

    tl::expected<std::vector<std::string>, Failure> addresses_of(const std::string& host) const;

private:
    const outbound::Guard& guard_;
    outbound::Resolve resolve_;
};

}  // namespace accessd::sources
