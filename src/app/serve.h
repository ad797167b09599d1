#pragma once

#include "app/reload.h"
#include "config/config.h"

namespace accessd::app {

/// Runs the server until SIGINT or SIGTERM; returns the exit status of the program. `is_dev`: with a
/// test project, a key and a quick start printed to standard output; a missing master key is made.
/// `read`: the configuration as it is at SIGHUP.
int serve(config::Config config, bool is_dev, ReadConfig read);

}  // namespace accessd::app
