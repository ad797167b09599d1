#pragma once

#include "access/timeline.h"

#include <vector>

namespace accessd::access {

/// What happened to a validation by face, in order of time. Never tells a score.
std::vector<TimelineEntry> build_face_timeline(const Validation& validation,
                                               const std::vector<events::Event>& events,
                                               TimePoint now);

}  // namespace accessd::access
