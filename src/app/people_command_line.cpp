#include "app/administrator_commands.h"
#include "app/command_families.h"
#include "app/key_commands.h"

#include <memory>
#include <string>

namespace accessd::app {
namespace {

void add_create_key(CommandWords& group)
{
    const auto& said = group.said();
    const auto key = std::make_shared<KeyWish>();
    key->scope = "access read";
    auto create = group.add(
        "create", "Make a key; its secret is shown once",
        "  accessd key create --name shop --all-projects\n"
        "  accessd key create --name reports --scope read --project prj_...\n"
        "  accessd key create --name setup --scope \"access manage\" --all-projects --json",
        [&said, key] { return create_key(said.config, *key, said.output()); });
    create.required("--name", key->name, "What people know it by", "NAME");
    create.option("--scope", key->scope, "Some of access, manage and read [access read]", "WORDS");
    create.option("--project", key->project_id, "Id of the one project it is for", "PROJECT");
    create.flag("--all-projects", key->is_for_all_projects, "It is for all projects");
    create.takes_json();
    create.takes_config_file();
    create.takes_data_dir();
}

void add_key(CommandWords root)
{
    const auto& said = root.said();
    auto group = root.add("key", "Make, list and revoke the keys of customers' software",
                          "  accessd key create --name shop --all-projects\n"
                          "  accessd key list");
    add_create_key(group);
    auto list = group.add("list", "List all keys, the newest first",
                          "  accessd key list\n"
                          "  accessd key list --json",
                          [&said] { return list_keys(said.config, said.output()); });
    list.takes_json();
    const auto id = std::make_shared<std::string>();
    auto revoke = group.add("revoke", "End a key and every token made from it",
                            "  accessd key revoke key_...",
                            [&said, id] { return revoke_key(said.config, *id); });
    revoke.required("id", *id, "Of the key: key_...", "ID");
    for (auto* command : {&list, &revoke}) {
        command->takes_config_file();
        command->takes_data_dir();
    }
}

CommandWords add_invite(CommandWords& group, const std::shared_ptr<AdminWish>& admin)
{
    const auto& said = group.said();
    auto invite = group.add(
        "invite", "Make an admin; prints a link that signs in once",
        "  accessd admin invite --email eva@example.com --role owner\n"
        "  accessd admin invite --email max@example.com --role viewer --projects prj_...,prj_...",
        [&said, admin] { return invite_admin(said.config, *admin, said.output()); });
    invite.required("--role", admin->role, "owner, editor or viewer");
    invite.option("--projects", admin->projects, "Ids with commas between [all]");
    invite.option("--name", admin->name, "What people call them");
    return invite;
}

void add_admin(CommandWords root)
{
    const auto& said = root.said();
    const auto admin = std::make_shared<AdminWish>();
    auto group = root.add("admin", "Invite, list and remove the people who administer",
                          "  accessd admin invite --email eva@example.com --role owner\n"
                          "  accessd admin list");
    auto invite = add_invite(group, admin);
    auto link = group.add("link", "Print a link that signs in once, within 15 minutes",
                          "  accessd admin link --email eva@example.com", [&said, admin] {
                              return link_admin(said.config, admin->email, said.output());
                          });
    auto list = group.add("list", "List all admins, the newest first", "  accessd admin list",
                          [&said] { return list_admins(said.config, said.output()); });
    auto remove = group.add("remove", "Remove an admin, and sign them out everywhere",
                            "  accessd admin remove --email eva@example.com",
                            [&said, admin] { return remove_admin(said.config, admin->email); });
    auto drop = group.add(
        "drop-factor", "Take an admin's authenticator app away: it and the recovery codes are lost",
        "  accessd admin drop-factor --email eva@example.com",
        [&said, admin] { return drop_admin_factor(said.config, admin->email); });
    for (auto* command : {&invite, &link, &remove, &drop}) {
        command->required("--email", admin->email, "Who they are");
    }
    for (auto* command : {&invite, &link, &list}) command->takes_json();
    for (auto* command : {&invite, &link, &list, &remove, &drop}) {
        command->takes_config_file();
        command->takes_data_dir();
    }
}

}  // namespace

void add_people_commands(CommandLine& line)
{
    add_key(line.root());
    add_admin(line.root());
}

}  // namespace accessd::app
