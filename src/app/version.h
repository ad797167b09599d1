#pragma once

#include <string_view>

namespace accessd::app {

/// Of this build, from the build system. The commit is "unknown" outside a checkout.
std::string_view version();
std::string_view commit();

}  // namespace accessd::app
