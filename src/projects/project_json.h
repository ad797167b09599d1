#pragma once

#include "base/result.h"
#include "projects/project.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace accessd::projects {

/// As the API shows them.
nlohmann::json to_json(const Project& project);
nlohmann::json to_json(const Flow& flow, Mode mode);
nlohmann::json to_json(const EmailMethod& method);
nlohmann::json to_json(const PhoneMethod& method);
nlohmann::json to_json(const BiometricMethod& method, Mode mode, const Policy& policy);

/// What stores keep of a project besides id, slug, version and times; and of a flow besides
/// id, project_id, source_id, version and times.
std::string to_document(const Project& project);
std::string to_document(const Flow& flow);
/// Reads a document back into `project` or `flow`, leaving the columns' fields as they are. A member
/// that an older release didn't write keeps its default.
/// Errors: Internal if the document is not one of ours.
Result<void> read_document(std::string_view document, Project& project);
Result<void> read_document(std::string_view document, Flow& flow);

}  // namespace accessd::projects
