#include "biometrics/face_request.h"

#include "projects/project_rules.h"

namespace accessd::biometrics {

double ChosenFlow::match_fmr() const
{
    return projects::effective_match_fmr(flow->biometric, flow->policy);
}

projects::Assurance ChosenFlow::min_assurance() const
{
    return projects::effective_min_assurance(flow->biometric, setup->project.mode);
}

Result<ChosenFlow> choose_flow(const FaceRequest& request, const ProjectScope& scope,
                               projects::ProjectLookup& projects,
                               access::ValidationStore& validations)
{
    if (!scope.allows(request.project_id)) return ErrorCode::ProjectNotFound;
    ChosenFlow chosen;
    ACCESSD_TRY(chosen.setup, projects.find(request.project_id));
    if (!chosen.setup) return ErrorCode::ProjectNotFound;
    if (request.login_id) {
        ACCESSD_TRY(chosen.login, validations.find_login(*request.login_id, scope));
        if (!chosen.login || chosen.login->project_id != request.project_id) {
            return ErrorCode::LoginNotFound;
        }
    }
    if (request.flow_id) {
        chosen.flow = chosen.setup->flow(*request.flow_id);
        if (chosen.flow == nullptr) return ErrorCode::FlowNotFound;
    } else {
        chosen.flow =
            chosen.login ? chosen.setup->flow(chosen.login->flow_id) : chosen.setup->default_flow();
    }
    if (chosen.flow == nullptr || chosen.flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    if (chosen.login && chosen.login->flow_id != chosen.flow->id) {
        return Error::invalid("flow_id", "isn't the flow that this login began in");
    }
    if (!chosen.flow->biometric.enabled) return ErrorCode::MethodDisabled;
    return chosen;
}

Result<ChosenFlow> flow_of(const access::Validation& validation, projects::ProjectLookup& projects)
{
    ChosenFlow chosen;
    ACCESSD_TRY(chosen.setup, projects.find(validation.project_id));
    chosen.flow = chosen.setup ? chosen.setup->flow(validation.flow_id) : nullptr;
    if (chosen.flow == nullptr || chosen.flow->status != projects::FlowStatus::Active) {
        return ErrorCode::FlowNotActive;
    }
    if (!chosen.flow->biometric.enabled) return ErrorCode::MethodDisabled;
    return chosen;
}

std::string face_calls_key(const std::string& project_id, const std::string& user_id)
{
    return "biometric:" + project_id + ":" + user_id;
}

}  // namespace accessd::biometrics
