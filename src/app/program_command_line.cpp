#include "app/command_families.h"
#include "app/man_page.h"
#include "app/shell_completion.h"
#include "app/terminal.h"
#include "app/version.h"
#include "app/version_command.h"

#include <string>

namespace accessd::app {

void add_program_commands(CommandLine& line)
{
    auto root = line.root();
    const auto& said = root.said();
    root.add("version", "Print the version",
             "  accessd version\n"
             "  accessd version --json",
             [&said] { return print_version(said.output()); })
        .takes_json();
    auto group = root.add("completion", "Print what completes this command line in a shell",
                          "  accessd completion bash > /etc/bash_completion.d/accessd\n"
                          "  accessd completion fish > ~/.config/fish/completions/accessd.fish\n"
                          "  accessd completion man > accessd.8");
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        group.add(shell, "For " + shell, "  accessd completion " + shell, [&line, shell] {
            print_out(completion_for(shell, line.tree()).value_or(std::string{}));
            return kExitOk;
        });
    }
    group.add("man", "The manual page, accessd(8)", "  accessd completion man | man -l -", [&line] {
        print_out(man_page(line.tree(), version()));
        return kExitOk;
    });
}

}  // namespace accessd::app
