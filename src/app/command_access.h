#pragma once

#include "app/admin_access.h"
#include "app/config_commands.h"
#include "base/error.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace accessd::app {

// What commands that act through the running server, or else in the store itself, have in common.

enum class Missing { Made, Refused };

/// The configuration, whose data folder is there. Who only looks must not leave an empty store in a wrong
/// place, and who makes one hears of it. Nothing, with the reason told and the exit status set, if not.
std::optional<config::Config> find_config(const ConfigChoice& choice, Missing missing, int& status);

/// Null, with the failure told and the exit status set, if neither a server nor the store can be had.
std::unique_ptr<AdminAccess> open_access(const ConfigChoice& choice, Missing missing, int& status);

/// Tells the failure; returns the exit status.
int fail(const Error& error);

void print_json(const nlohmann::json& json);

/// The member's text; empty for null.
std::string text_of(const nlohmann::json& json, const char* name);

/// In columns; the last one may hold any text.
void print_table(const std::vector<std::vector<std::string>>& rows);

/// What a command such as "key.list" lists, page by page.
Result<nlohmann::json> all_items(AdminAccess& access, const std::string& command);

}  // namespace accessd::app
