#pragma once

#include "config/config.h"
#include "config/problem.h"

#include <vector>

namespace accessd::config {

/// What no single value shows: settings that need or exclude each other, files that aren't there.
std::vector<Problem> find_conflicts(const Config& config, const Origins& origins);

/// What works and is seldom wanted.
std::vector<Problem> find_warnings(const Config& config, const Origins& origins);

}  // namespace accessd::config
