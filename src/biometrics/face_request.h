#pragma once

#include "access/validation.h"
#include "access/validation_store.h"
#include "base/caller.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "projects/project_lookup.h"

#include <memory>
#include <optional>
#include <string>

namespace accessd::biometrics {

/// What every call that begins something with a face says: where, and who asks.
struct FaceRequest {
    std::string project_id;
    std::optional<std::string>
        flow_id;  ///< Default: the login's, or the project's active login flow.
    std::optional<std::string> login_id;  ///< Continues a login that needs several methods.
    std::string client_ip;                ///< Of the person.
    std::string user_agent;
    std::string metadata;                 ///< JSON object; empty: none.
    std::optional<BrowserLogin> browser;  ///< Asked by the browser of `login_id`.
};

/// The flow that a request runs in.
struct ChosenFlow {
    std::shared_ptr<const projects::ProjectSetup> setup;  ///< Holds the flow.
    const projects::Flow* flow = nullptr;
    std::optional<access::Login> login;  ///< The one to continue.

    const projects::Project& project() const { return setup->project; }
    /// How many different people may match. Source: api.md, section 3.
    double match_fmr() const;
    projects::Assurance min_assurance() const;
};

/// Errors: ProjectNotFound, LoginNotFound, FlowNotFound, FlowNotActive, MethodDisabled, InvalidRequest (a login of
/// another flow), StoreUnavailable.
Result<ChosenFlow> choose_flow(const FaceRequest& request, const ProjectScope& scope,
                               projects::ProjectLookup& projects,
                               access::ValidationStore& validations);

/// The flow of a validation that began in it. Errors: FlowNotActive, MethodDisabled, StoreUnavailable.
Result<ChosenFlow> flow_of(const access::Validation& validation, projects::ProjectLookup& projects);

/// The window of the published limit of calls about one person's face.
std::string face_calls_key(const std::string& project_id, const std::string& user_id);

}  // namespace accessd::biometrics
