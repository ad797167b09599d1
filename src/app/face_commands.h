#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"

namespace accessd::app {

/// Tells which faces can't be compared with the models that are installed, and whose they are. Returns the exit
/// status.
int report_reenrolment(const ConfigChoice& choice, Output output);

}  // namespace accessd::app
