#pragma once

#include "app/command_tree.h"

#include <string>
#include <string_view>

namespace accessd::app {

/// accessd(8) in the language of man pages, from the same texts as --help. Same in, same out.
std::string man_page(const CommandTree& tree, std::string_view version);

}  // namespace accessd::app
