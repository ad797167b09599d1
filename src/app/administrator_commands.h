#pragma once

#include "app/config_commands.h"
#include "app/key_commands.h"

#include <string>

namespace accessd::app {

/// What `accessd admin invite` was asked for.
struct AdminWish {
    std::string email;
    std::string name;
    std::string role;
    std::string projects;  ///< Ids with commas between; empty or "*": all.
};

/// The people who administer the server, through the running server or else in the store itself. The first
/// two print a link that signs in once. Each returns the exit status.
int invite_admin(const ConfigChoice& choice, const AdminWish& wish, Output output);
int link_admin(const ConfigChoice& choice, const std::string& email, Output output);
int list_admins(const ConfigChoice& choice, Output output);
int remove_admin(const ConfigChoice& choice, const std::string& email);
/// For who lost the authenticator app and the recovery codes.
int drop_admin_factor(const ConfigChoice& choice, const std::string& email);

}  // namespace accessd::app
