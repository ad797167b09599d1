#include "access/login_json.h"

#include <nlohmann/json.hpp>

namespace accessd::access {
namespace {

nlohmann::json or_null(const std::optional<std::string>& text)
{
    return text ? nlohmann::json(*text) : nlohmann::json(nullptr);
}

}  // namespace

nlohmann::json user_json(const users::User& user)
{
    return {{"user_id", user.user_id},
            {"email", or_null(user.email)},
            {"phone", or_null(user.phone)},
            {"name", or_null(user.name)},
            {"claims", nlohmann::json::parse(user.claims)}};
}

nlohmann::json login_json(const Login& login, const std::vector<projects::Method>& remaining)
{
    auto names = nlohmann::json::array();
    for (const auto method : remaining) names.push_back(projects::to_text(method));
    const bool is_complete = login.status == LoginStatus::Complete;
    return {{"login_id", login.id},
            {"status", is_complete ? "complete" : "incomplete"},
            {"remaining_methods", std::move(names)}};
}

void add_token(nlohmann::json& data, const tokens::IssuedToken& issued)
{
    data["token"] = issued.token;
    data["token_type"] = "Bearer";
    data["expires_in"] = issued.expires_in.count();
}

}  // namespace accessd::access
