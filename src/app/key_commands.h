#pragma once

#include "app/config_commands.h"

#include <string>

namespace accessd::app {

/// What `accessd key create` was asked for.
struct KeyWish {
    std::string name;
    std::string scope;
    std::string project_id;
    bool is_for_all_projects = false;  ///< Said on purpose; nothing said is refused.
};

enum class Output { Text, Json };

/// The keys of customers' software, through the running server or else in the store itself.
/// Each returns the exit status.
int create_key(const ConfigChoice& choice, const KeyWish& wish, Output output);
int list_keys(const ConfigChoice& choice, Output output);
int revoke_key(const ConfigChoice& choice, const std::string& id);

/// Brings the store to this release's form and says from which to which.
int migrate(const ConfigChoice& choice);

}  // namespace accessd::app
