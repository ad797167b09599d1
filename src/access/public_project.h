#pragma once

#include "projects/project_store.h"

#include <nlohmann/json_fwd.hpp>

namespace accessd::access {

/// What everybody may know of a project, as a login page shows it. `flow`: the one that a login would run;
/// null: none runs, and there are no methods.
nlohmann::json public_project_json(const projects::Project& project, const projects::Flow* flow);

/// Adds `methods` and `policy`: what a page needs to know of a flow to lead a person through it.
void add_flow(nlohmann::json& data, const projects::Project& project, const projects::Flow* flow);

}  // namespace accessd::access
