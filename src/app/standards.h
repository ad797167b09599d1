#pragma once

#include "app/finding.h"
#include "config/config.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace accessd::app {

/// Which lines of OWASP ASVS 5.0 and NIST SP 800-63B-4 the configuration and the live projects' flows meet or break: those
/// lines that an operator's choice decides. What accessd does whatever is configured is in docs/security.md. A line that is
/// broken is a warning that names the setting or flow that breaks it: whether the line binds you, only you know.
///
/// `rules`: what login_rules() made. Source: the standards' own numbers, as each finding names them.
std::vector<Finding> judge_standards(const config::Config& config, const nlohmann::json& rules);

}  // namespace accessd::app
