#pragma once

#include "admin/admins.h"
#include "admin/console_sessions.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace accessd::app {

/// What accessd admin asks for, as JSON. Whoever may ask may do everything.
///
/// Threads: safe to call concurrently.
class AdminsByCommand {
public:
    AdminsByCommand(admin::Admins& admins, admin::ConsoleSessions& sessions, std::string url);

    /// {"command": "admin.invite", "email": ..., "role": ..., "projects": "*" or ids with blanks between},
    /// {"command": "admin.link", "email": ...}, {"command": "admin.list", "after"?: id},
    /// {"command": "admin.remove", "email": ...}; all values are text. Nothing for another command.
    /// Errors: InvalidRequest with a sentence; those of admin::Admins.
    std::optional<Result<nlohmann::json>> run(std::string_view command,
                                              const nlohmann::json& request);

private:
    Result<nlohmann::json> invite(const nlohmann::json& request);
    Result<nlohmann::json> link(const nlohmann::json& request);
    Result<nlohmann::json> list(const nlohmann::json& request);
    Result<nlohmann::json> remove(const nlohmann::json& request);
    Result<nlohmann::json> drop_factor(const nlohmann::json& request);

    admin::Admins& admins_;
    admin::ConsoleSessions& sessions_;
    std::string url_;
};

}  // namespace accessd::app
