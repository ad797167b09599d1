#pragma once

#include <string>
#include <vector>

namespace accessd::app {

/// An option of a command ("--json"), or a word that it takes at its place.
struct CommandOption {
    std::string name;   ///< "--config"; of a word at its place without dashes: "file".
    std::string value;  ///< What comes with it: "FILE", "DIR", "NAME". Empty: nothing.
    std::string about;
    bool is_positional = false;
};

/// The command line as data: what shell completion and the man page are made from.
struct CommandTree {
    std::string name;
    std::string about;
    std::string footer;  ///< Examples, and what is worth telling beside them.
    std::vector<CommandOption> options;
    std::vector<CommandTree> commands;
};

/// One command of the tree with the words that lead there: "key create". Empty: the program itself.
struct CommandAt {
    std::string path;
    const CommandTree* command = nullptr;
};

/// All of them, each before those inside it. They point into the tree.
std::vector<CommandAt> all_commands(const CommandTree& tree);

}  // namespace accessd::app
