#pragma once

#include "projects/project.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::projects {

/// What keeps a flow from running, each as something to do; empty: it may be active.
/// Source: api.md, section 3.
std::vector<std::string> missing_for_activation(const Flow& flow, Mode mode);

/// How many different people may match: what the method says, or 1e-4, or 1e-3 where the policy needs another method
/// too. And how sure liveness must be: active in live projects. Source: api.md, section 3.
double effective_match_fmr(const BiometricMethod& method, const Policy& policy);
Assurance effective_min_assurance(const BiometricMethod& method, Mode mode);

/// 3-40 of a-z, 0-9 and hyphens, neither first nor last.
bool is_slug(std::string_view text);
/// A slug made of a name: "Caf\u00e9 Ana" becomes "caf-ana". Not necessarily free.
std::string make_slug(std::string_view name);

}  // namespace accessd::projects
