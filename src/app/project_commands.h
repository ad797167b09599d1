#pragma once

#include "app/config_commands.h"
#include "app/project_sync.h"

#include <string>

namespace accessd::app {

/// accessd project export: a project's set-up as JSON on standard output. Needs a running server. Exit status.
int export_project_file(const ConfigChoice& choice, const std::string& project);

/// accessd project apply: makes a project what the file says. Exit status; 0 also for a dry run with differences.
int apply_project_file(const ConfigChoice& choice, const std::string& file,
                       const ApplyOptions& options);

}  // namespace accessd::app
