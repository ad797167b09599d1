#pragma once

#include "app/key_commands.h"

namespace accessd::app {

/// Prints release and commit. Returns the exit status.
int print_version(Output output);

}  // namespace accessd::app
