#pragma once

namespace accessd::app {

/// The program: reads the command line, runs the command, returns the exit status (terminal.h).
int run_command(int argc, char** argv);

}  // namespace accessd::app
