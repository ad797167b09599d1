#include "app/administrator_commands.h"

#include "app/command_access.h"
#include "app/terminal.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace accessd::app {
namespace {

/// "all", or ids with blanks between.
std::string projects_of(const nlohmann::json& admin)
{
    const auto& projects = admin.at("projects");
    if (projects.is_string()) return "all";
    std::string text;
    for (const auto& id : projects) text += (text.empty() ? "" : " ") + id.get<std::string>();
    return text.empty() ? "none" : text;
}

int unknown(const std::string& email)
{
    print_error("There is no admin " + printable(email) + ". See: accessd admin list");
    return kExitFailed;
}

/// What invite and link print.
int print_link(const nlohmann::json& answer, Output output)
{
    if (output == Output::Json) {
        print_json(answer);
        return kExitOk;
    }
    print_out("admin     " + printable(text_of(answer, "email")) + "\nrole      " +
              text_of(answer, "role") + "\nprojects  " + projects_of(answer) + "\nlink      " +
              text_of(answer, "url") + "\n");
    print_error("The link signs in once, until " + text_of(answer, "expires_at") +
                ". Give it to nobody else.");
    return kExitOk;
}

}  // namespace

int invite_admin(const ConfigChoice& choice, const AdminWish& wish, Output output)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Made, status);
    if (!access) return status;
    const auto invited = access->call({{"command", "admin.invite"},
                                       {"email", wish.email},
                                       {"name", wish.name},
                                       {"role", wish.role},
                                       {"projects", wish.projects}});
    if (!invited && invited.error().code == ErrorCode::Conflict) {
        print_error("There is an admin " + printable(wish.email) +
                    " already. For a link: accessd admin link --email " + shell_word(wish.email));
        return kExitFailed;
    }
    if (!invited && invited.error().code == ErrorCode::ProjectNotFound) {
        print_error("--projects names a project that there isn't.");
        return kExitFailed;
    }
    if (!invited) return fail(invited.error());
    return print_link(*invited, output);
}

int link_admin(const ConfigChoice& choice, const std::string& email, Output output)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto made = access->call({{"command", "admin.link"}, {"email", email}});
    if (!made && made.error().code == ErrorCode::AdminNotFound) return unknown(email);
    if (!made) return fail(made.error());
    return print_link(*made, output);
}

int list_admins(const ConfigChoice& choice, Output output)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto admins = all_items(*access, "admin.list");
    if (!admins) return fail(admins.error());
    if (output == Output::Json) {
        print_json(*admins);
        return kExitOk;
    }
    if (admins->empty()) {
        print_out("There are no admins. Make one: accessd admin invite --email you@example.com "
                  "--role owner\n");
        return kExitOk;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "ROLE", "PROJECTS", "EMAIL", "NAME"}};
    for (const auto& admin : *admins) {
        rows.push_back({text_of(admin, "admin_id"), text_of(admin, "role"), projects_of(admin),
                        printable(text_of(admin, "email")), printable(text_of(admin, "name"))});
    }
    print_table(rows);
    return kExitOk;
}

int remove_admin(const ConfigChoice& choice, const std::string& email)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto removed = access->call({{"command", "admin.remove"}, {"email", email}});
    if (!removed && removed.error().code == ErrorCode::AdminNotFound) return unknown(email);
    if (!removed) return fail(removed.error());
    print_out("Removed " + printable(text_of(*removed, "email")) +
              ", and signed them out everywhere.\n");
    return kExitOk;
}

int drop_admin_factor(const ConfigChoice& choice, const std::string& email)
{
    int status = kExitOk;
    const auto access = open_access(choice, Missing::Refused, status);
    if (!access) return status;
    const auto dropped = access->call({{"command", "admin.drop_factor"}, {"email", email}});
    if (!dropped && dropped.error().code == ErrorCode::AdminNotFound) return unknown(email);
    if (!dropped) return fail(dropped.error());
    print_out(dropped->value("removed", false)
                  ? printable(email) + " signs in without the authenticator app from now on.\n"
                  : printable(email) + " has no authenticator app.\n");
    return kExitOk;
}

}  // namespace accessd::app
