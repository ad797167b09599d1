#include "app/command_tree.h"

namespace accessd::app {
namespace {

void add_all(const CommandTree& tree, const std::string& path, std::vector<CommandAt>& all)
{
    all.push_back({path, &tree});
    for (const auto& command : tree.commands) {
        add_all(command, path.empty() ? command.name : path + " " + command.name, all);
    }
}

}  // namespace

std::vector<CommandAt> all_commands(const CommandTree& tree)
{
    std::vector<CommandAt> all;
    add_all(tree, {}, all);
    return all;
}

}  // namespace accessd::app
