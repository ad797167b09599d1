#include "app/config_commands.h"

#include "app/terminal.h"
#include "config/config_text.h"

#include <utility>

namespace accessd::app {
namespace {

config::Sources sources_of(const ConfigChoice& choice)
{
    config::Sources sources;
    sources.environment = config::process_environment();
    sources.file = config::find_file(choice.file, sources.environment);
    if (choice.port) sources.flags.push_back({"--port", "server.port", *choice.port});
    if (choice.data_dir) {
        sources.flags.push_back({"--data-dir", "store.data_dir", *choice.data_dir});
    }
    return sources;
}

std::string name_of(const config::Sources& sources)
{
    return sources.file ? printable(*sources.file) : "The configuration (defaults, no file)";
}

}  // namespace

std::optional<config::Loaded> load_config(const ConfigChoice& choice)
{
    auto loaded = config::load(sources_of(choice));
    for (const auto& problem : loaded.problems) print_error(to_text(problem));
    const auto count = loaded.problems.size();
    if (count == 0) return loaded;
    print_error(count == 1 ? "1 problem with the configuration"
                           : std::to_string(count) + " problems with the configuration");
    return std::nullopt;
}

void print_warnings(const config::Loaded& loaded)
{
    for (const auto& warning : loaded.warnings) print_error("warning: " + to_text(warning));
}

int check_config(const ConfigChoice& choice)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    print_warnings(*loaded);
    print_out(name_of(sources_of(choice)) + " is fine.\n");
    return kExitOk;
}

int print_config(const ConfigChoice& choice)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    print_out(config::effective_toml(loaded->config, loaded->origins));
    return kExitOk;
}

int print_config_reference()
{
    print_out(config::reference_markdown());
    return kExitOk;
}

}  // namespace accessd::app
