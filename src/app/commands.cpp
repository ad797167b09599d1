#include "app/commands.h"

#include "app/command_families.h"
#include "app/face_workers.h"
#include "app/terminal.h"
#include "app/version_command.h"

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace accessd::app {
namespace {

constexpr auto kAbout = "accessd: a server for logins without passwords";
constexpr auto kFooter =
    "Examples:\n"
    "  accessd serve --dev                try it on this machine, with a test project\n"
    "  accessd init                       set up a server\n"
    "  accessd serve                      run it\n"
    "Every command explains itself: accessd key create --help\n\n"
    "The configuration is the file named by --config or ACCESSD_CONFIG, else\n"
    "./accessd.toml, else /etc/accessd/accessd.toml, else defaults. Environment\n"
    "variables such as ACCESSD_SERVER_PORT win over it, and options over those.\n\n"
    "Exit status: 0 done, 1 failed, 2 wrong command line or configuration";

int run_command_line(int argc, char** argv)
{
    CommandLine line{kAbout, kFooter};
    bool is_version = false;
    line.root().flag("--version", is_version, "Print the version");
    add_server_commands(line);
    add_people_commands(line);
    add_data_commands(line);
    add_face_commands(line);
    add_program_commands(line);
    add_project_commands(line);
    return line.run(argc, argv, [&]() -> std::optional<int> {
        if (is_version) return print_version(Output::Text);
        return std::nullopt;
    });
}

}  // namespace

int run_command(int argc, char** argv)
{
    if (argc > 1 && std::string_view{argv[1]} == kFaceWorkerCommand) {
        return run_face_worker(argc, argv);
    }
    int status = kExitFailed;
    try {
        status = run_command_line(argc, argv);
    } catch (const std::exception& error) {
        print_error(std::string{"stopped by a fault of its own: "} + error.what());
    }
    if (!flush_out()) {
        print_error("standard output can't be written, so the result is incomplete.");
        return status == kExitOk ? kExitFailed : status;
    }
    return status;
}

}  // namespace accessd::app
