#pragma once

#include "app/config_commands.h"

namespace accessd::app {

/// Writes a configuration to start from, makes the data folder and the master key, and says what to
/// do next. What exists is kept as it is. Returns the exit status.
int init(const ConfigChoice& choice);

}  // namespace accessd::app
