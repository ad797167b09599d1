#include "app/command_families.h"
#include "app/project_commands.h"

#include <memory>
#include <string>

namespace accessd::app {
namespace {

void add_apply(CommandWords& group)
{
    struct Wish {
        std::string file;
        ApplyOptions options;
    };
    const auto& said = group.said();
    const auto wish = std::make_shared<Wish>();
    auto apply = group.add(
        "apply", "Make a project what a file says; a second run changes nothing",
        "  accessd project apply shop.json --dry-run\n"
        "  SHOP_SMTP=... accessd project apply shop.json\n\n"
        "Secrets stand in the file as \"env:NAME\" or \"file:/path\", and are read by this\n"
        "command, not by the server. docs/projects.md has the form.",
        [&said, wish] { return apply_project_file(said.config, wish->file, wish->options); });
    apply.required("file", wish->file, "Made by accessd project export, or by hand", "FILE");
    apply.flag("--dry-run", wish->options.is_dry, "Only tell what would change");
    apply.flag("--with-secrets", wish->options.with_secrets,
               "Send secrets again that are set already");
    apply.flag("--remove", wish->options.is_removing, "Remove what the file's sections don't name");
    apply.takes_config_file();
    apply.takes_data_dir();
}

}  // namespace

void add_project_commands(CommandLine& line)
{
    auto root = line.root();
    const auto& said = root.said();
    auto group = root.add("project", "Keep a project's set-up in a file",
                          "  accessd project export shop > shop.json\n"
                          "  accessd project apply shop.json --dry-run");
    const auto project = std::make_shared<std::string>();
    auto take = group.add("export", "Print a project's set-up, with references in place of secrets",
                          "  accessd project export shop > shop.json",
                          [&said, project] { return export_project_file(said.config, *project); });
    take.required("project", *project, "Its slug or id", "PROJECT");
    take.takes_config_file();
    take.takes_data_dir();
    add_apply(group);
}

}  // namespace accessd::app
