#include "app/command_families.h"
#include "app/data_commands.h"
#include "app/doctor_command.h"
#include "app/key_commands.h"

#include <memory>
#include <string>

namespace accessd::app {
namespace {

void takes_places(CommandWords& command)
{
    command.takes_config_file();
    command.takes_data_dir();
}

void add_backup(CommandWords root)
{
    const auto& said = root.said();
    const auto file = std::make_shared<std::string>();
    auto command = root.add("backup", "Copy the store into a new file, also while the server runs",
                            "  accessd backup /var/backups/accessd-monday.db\n"
                            "  accessd backup monday.db --json",
                            [&said, file] { return backup(said.config, *file, said.output()); });
    command.required("file", *file, "To make; never overwritten", "FILE");
    command.takes_json();
    takes_places(command);
}

void add_copy(CommandWords root)
{
    struct Wish {
        std::string from;
        std::string to;
    };
    const auto& said = root.said();
    const auto wish = std::make_shared<Wish>();
    auto group =
        root.add("store", "Move everything to another store",
                 "  accessd store copy --from sqlite:accessd-data --to postgres:postgresql://...");
    auto command =
        group.add("copy", "Copy every row into an empty store; stop the servers first",
                  "  accessd store copy --from sqlite:/var/lib/accessd --to "
                  "postgresql://accessd@db.internal/accessd\n"
                  "  Run again after an end in the middle, it goes on from there.",
                  [&said, wish] { return copy_store(wish->from, wish->to, said.output()); });
    command.required("--from", wish->from, "sqlite:FOLDER or postgres:URL");
    command.required("--to", wish->to, "sqlite:FOLDER or postgres:URL");
    command.takes_json();
}

void add_restore(CommandWords root)
{
    struct Wish {
        std::string file;
        bool is_replacing = false;
        store::DestroyedLists destroyed;
    };
    const auto& said = root.said();
    const auto wish = std::make_shared<Wish>();
    auto command =
        root.add("restore", "Put a backup in the store's place; stop the server first",
                 "  accessd restore monday.db\n"
                 "  accessd restore monday.db --replace\n"
                 "  accessd restore --destroyed-faces kept.list    after PostgreSQL's own tools",
                 [&said, wish] {
                     return restore(said.config, wish->file, wish->is_replacing, wish->destroyed);
                 });
    command.option(
        "file", wish->file,
        "Made by accessd backup; none where PostgreSQL's tools brought the database back", "FILE");
    command.flag("--replace", wish->is_replacing,
                 "Also where there is a store, whose file is then kept aside");
    command.option("--destroyed-faces", wish->destroyed.file,
                   "List of faces destroyed since, besides the data folder's own", "FILE");
    command.flag("--without-destroyed-faces", wish->destroyed.may_be_missing,
                 "Also where no such list is left: erased people's faces come back");
    takes_places(command);
}

void add_rekey(CommandWords root)
{
    const auto& said = root.said();
    const auto file = std::make_shared<std::string>();
    auto command = root.add("rekey", "Make a new master key; stop the server first",
                            "  accessd rekey\n"
                            "  accessd rekey --new-master-key-file /etc/accessd/master-2.key",
                            [&said, file] { return rekey(said.config, *file); });
    command.option("--new-master-key-file", *file,
                   "Where to write it; else it takes the old one's place", "FILE");
    takes_places(command);
}

}  // namespace

void add_data_commands(CommandLine& line)
{
    auto root = line.root();
    const auto& said = root.said();
    add_backup(root);
    add_copy(root);
    add_restore(root);
    add_rekey(root);
    auto look = root.add("doctor", "Look at everything that logins need and say what to mend",
                         "  accessd doctor\n"
                         "  accessd doctor --json",
                         [&said] { return doctor(said.config, said.output()); });
    look.takes_json();
    takes_places(look);
    auto renew = root.add("migrate",
                          "Bring the store to this release's form. serve does so by itself; this "
                          "lets you do it apart",
                          "  accessd migrate", [&said] { return migrate(said.config); });
    takes_places(renew);
}

}  // namespace accessd::app
