#pragma once

#include "config/config.h"

namespace accessd::app {

/// Runs the server until SIGINT or SIGTERM; returns the exit status of the program. `is_dev`: with a
/// test project, a key and a quick start printed to standard output; a missing master key is made.
int serve(config::Config config, bool is_dev);

}  // namespace accessd::app
