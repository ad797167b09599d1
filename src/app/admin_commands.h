#pragma once

#include "admin/admins.h"
#include "admin/console_sessions.h"
#include "app/admins_by_command.h"
#include "base/result.h"
#include "store/stores.h"
#include "tokens/api_keys.h"

#include <nlohmann/json_fwd.hpp>

namespace accessd::app {

/// What the command line asks for, as JSON: answered by the running server over its administration
/// socket, and by the command itself when no server runs. Whoever may ask may do everything.
///
/// Threads: safe to call concurrently.
class AdminCommands {
public:
    /// `url`: where the server is reached; links start with it.
    AdminCommands(tokens::ApiKeys& keys, admin::Admins& admins, admin::ConsoleSessions& sessions,
                  store::Stores& stores, std::string url);

    /// One command: {"command": "key.create", "name": ..., "scope": ..., "project_id": ...},
    /// {"command": "key.list", "after"?: id}, {"command": "key.revoke", "id": ...},
    /// {"command": "status"}, {"command": "inspect"}, {"command": "senders", "after"?: id} as
    /// list_active_senders, and those of AdminsByCommand. Fields that a command doesn't know are refused.
    /// Errors: InvalidRequest with a sentence; those of tokens::ApiKeys.
    Result<nlohmann::json> run(const nlohmann::json& request);

private:
    Result<nlohmann::json> status();
    Result<nlohmann::json> inspect();
    Result<nlohmann::json> create_key(const nlohmann::json& request);
    Result<nlohmann::json> list_keys(const nlohmann::json& request);
    Result<nlohmann::json> revoke_key(const nlohmann::json& request);

    tokens::ApiKeys& keys_;
    AdminsByCommand admins_;
    store::Stores& stores_;
};

/// What is wrong with a key that was asked for, for the person who typed it; empty: nothing.
std::string refusal_of_key(const std::string& name, const std::string& scope);

}  // namespace accessd::app
