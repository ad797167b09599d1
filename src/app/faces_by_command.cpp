#include "app/faces_by_command.h"

#include <nlohmann/json.hpp>

namespace accessd::app {
namespace {

constexpr int kBatch = 1000;

Result<nlohmann::json> users_without(biometrics::FaceStore& faces, const std::string& project_id,
                                     const std::string& model)
{
    auto users = nlohmann::json::array();
    std::string after;
    for (std::size_t found = kBatch; found == kBatch;) {
        ACCESSD_TRY(const auto batch, faces.users_without(project_id, model, after, kBatch));
        found = batch.size();
        for (const auto& user : batch) users.push_back(user);
        if (!batch.empty()) after = batch.back();
    }
    return users;
}

}  // namespace

Result<nlohmann::json> reenrolment_report(biometrics::FaceStore& faces, const std::string& model)
{
    ACCESSD_TRY(const auto counts, faces.count_by_model());
    auto models = nlohmann::json::array();
    auto again = nlohmann::json::array();
    std::string looked_at;
    for (const auto& count : counts) {
        models.push_back({{"project_id", count.project_id},
                          {"model", count.model},
                          {"faces", count.faces},
                          {"users", count.users},
                          {"is_current", count.model == model}});
        if (count.model == model || count.project_id == looked_at) continue;
        looked_at = count.project_id;
        ACCESSD_TRY(auto users, users_without(faces, count.project_id, model));
        if (users.empty()) continue;
        again.push_back({{"project_id", count.project_id}, {"user_ids", std::move(users)}});
    }
    return nlohmann::json{
        {"model", model}, {"models", std::move(models)}, {"must_enrol_again", std::move(again)}};
}

}  // namespace accessd::app
