#include "app/command_tree.h"

#include <CLI/CLI.hpp>

#include <utility>

namespace accessd::app {
namespace {

CommandOption option_of(const CLI::Option& option)
{
    CommandOption made;
    made.is_positional = option.get_positional();
    made.name = option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
    // Flags take no value. CLI11 says TEXT where nobody gave the value a name.
    if (option.get_items_expected_max() > 0) made.value = option.get_type_name();
    made.about = option.get_description();
    return made;
}

void add_all(const CommandTree& tree, const std::string& path, std::vector<CommandAt>& all)
{
    all.push_back({path, &tree});
    for (const auto& command : tree.commands) {
        add_all(command, path.empty() ? command.name : path + " " + command.name, all);
    }
}

}  // namespace

CommandTree tree_of(const CLI::App& app)
{
    CommandTree tree;
    tree.name = app.get_name();
    tree.about = app.get_description();
    tree.footer = app.get_footer();
    for (const auto* option : app.get_options()) tree.options.push_back(option_of(*option));
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        tree.commands.push_back(tree_of(*command));
    }
    return tree;
}

std::vector<CommandAt> all_commands(const CommandTree& tree)
{
    std::vector<CommandAt> all;
    add_all(tree, {}, all);
    return all;
}

}  // namespace accessd::app
