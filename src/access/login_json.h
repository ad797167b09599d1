#pragma once

#include "access/validation.h"
#include "tokens/api_tokens.h"
#include "users/user.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace accessd::access {

/// `user` and `login` of an answer that tells of a login.
nlohmann::json user_json(const users::User& user);
nlohmann::json login_json(const Login& login, const std::vector<projects::Method>& remaining);

/// Adds `token`, `token_type` and `expires_in`.
void add_token(nlohmann::json& data, const tokens::IssuedToken& issued);

}  // namespace accessd::access
