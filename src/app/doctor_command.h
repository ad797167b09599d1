#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"

namespace accessd::app {

/// Looks at everything that logins need and says, line by line, what is well and what to do. Works beside a
/// running server, without one, and offline. Returns the exit status: 1 when something must be mended.
int doctor(const ConfigChoice& choice, Output output);

}  // namespace accessd::app
