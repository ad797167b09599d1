#pragma once

#include "app/command_tree.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::app {

/// A script by which a shell completes accessd's commands, options and files: for "bash", "zsh" or "fish".
/// Nothing for another shell.
std::optional<std::string> completion_for(std::string_view shell, const CommandTree& tree);

}  // namespace accessd::app
