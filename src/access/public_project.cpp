#include "access/public_project.h"

#include "projects/project_json.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace accessd::access {
namespace {

using projects::Method;

/// Where codes may go. A test project that names no countries keeps its codes to itself, so all are fine.
std::vector<std::string> countries_of(const projects::Project& project)
{
    if (project.is_test() && project.allowed_countries.empty()) return {"*"};
    return project.allowed_countries;
}

nlohmann::json method_json(const projects::Project& project, const projects::Flow& flow,
                           Method method)
{
    nlohmann::json shown{{"method", projects::to_text(method)}};
    switch (method) {
    case Method::Email:
        shown["otp_length"] = flow.email.otp_length;
        shown["magic_link"] = flow.email.magic_link;
        break;
    case Method::Phone:
        shown["otp_length"] = flow.phone.otp_length;
        shown["channels"] = flow.phone.channels;
        shown["countries"] = countries_of(project);
        break;
    case Method::Biometric:
        shown["liveness_required"] = flow.biometric.liveness_required;
        shown["require_consent"] = flow.biometric.require_consent;
        shown["suggest_enrolment"] = flow.suggest_face_enrolment;
        break;
    }
    return shown;
}

}  // namespace

void add_flow(nlohmann::json& data, const projects::Project& project, const projects::Flow* flow)
{
    auto methods = nlohmann::json::array();
    if (flow != nullptr) {
        for (const auto method : flow->policy.methods) {
            if (flow->is_enabled(method)) methods.push_back(method_json(project, *flow, method));
        }
    }
    data["methods"] = std::move(methods);
    data["policy"] = flow == nullptr ? nlohmann::json(nullptr)
                                     : projects::to_json(*flow, project.mode).at("policy");
}

nlohmann::json public_project_json(const projects::Project& project, const projects::Flow* flow)
{
    const auto shown = projects::to_json(project);
    nlohmann::json data{{"name", project.name},
                        {"slug", project.slug},
                        {"test", project.is_test()},
                        {"languages", {"en", "es", "pt"}},
                        {"default_language", shown.at("default_language")},
                        {"branding", shown.at("branding")},
                        {"privacy_url", shown.at("privacy_url")},
                        {"terms_url", shown.at("terms_url")}};
    add_flow(data, project, flow);
    return data;
}

}  // namespace accessd::access
