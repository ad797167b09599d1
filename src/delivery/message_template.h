#pragma once

#include "base/clock.h"
#include "contacts/channel.h"
#include "delivery/email_template.h"

#include <cstdint>
#include <string>

namespace accessd::delivery {

/// A project's own words for its messages of one channel in one language.
struct MessageTemplate {
    std::string project_id;
    contacts::Channel channel{};
    contacts::Language language{};
    EmailText source;  ///< With variables; docs/templates.md.
    TimePoint updated_at;
    std::int64_t version = 0;  ///< From 1; 0: not stored.
};

}  // namespace accessd::delivery
