#include "app/command_families.h"
#include "app/init_command.h"
#include "app/serve.h"
#include "app/terminal.h"
#include "base/log.h"

#include <memory>
#include <optional>

namespace accessd::app {
namespace {

/// Values of --dev where nothing else was chosen.
void apply_dev_defaults(config::Loaded& loaded)
{
    if (!loaded.origins.contains("server.docs")) loaded.config.server.docs = true;
    if (!loaded.origins.contains("log.level")) loaded.config.log.level = log::Level::Info;
    if (!loaded.origins.contains("log.format")) loaded.config.log.format = log::Format::Text;
}

int serve_with(const ConfigChoice& choice, bool is_dev)
{
    auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    print_warnings(*loaded);
    if (is_dev) apply_dev_defaults(*loaded);
    const auto read = [choice, is_dev]() -> std::optional<config::Config> {
        auto again = load_config(choice);
        if (!again) return std::nullopt;
        if (is_dev) apply_dev_defaults(*again);
        return again->config;
    };
    return serve(loaded->config, is_dev, read);
}

void add_serve(CommandWords root)
{
    const auto is_dev = std::make_shared<bool>(false);
    auto& config = root.config();
    auto command = root.add("serve", "Run the server until it is told to stop",
                            "  accessd serve\n"
                            "  accessd serve --config /etc/accessd/accessd.toml\n"
                            "  accessd serve --dev --port 8081 --data-dir try-out",
                            [&config, is_dev] { return serve_with(config, *is_dev); });
    command.takes_config_file();
    command.flag("--dev", *is_dev, "For a try: test project, key, quick start, /docs");
    command.option("--port", config.port, "In place of server.port", "N");
    command.takes_data_dir();
}

void add_init(CommandWords root)
{
    auto& config = root.config();
    auto command = root.add(
        "init", "Write a configuration, make data folder and master key",
        "  accessd init\n"
        "  accessd init --config /etc/accessd/accessd.toml --data-dir /var/lib/accessd\n\n"
        "What exists is kept. Run it as the user accessd will run as: nobody else can read\n"
        "what it makes.",
        [&config] { return init(config); });
    command.takes_config_file("Where to write the configuration [accessd.toml]");
    command.takes_data_dir("Data folder to make and to write into the configuration");
}

void add_config(CommandWords root)
{
    auto& config = root.config();
    auto group = root.add("config", "Check and show the configuration",
                          "  accessd config check\n"
                          "  ACCESSD_SERVER_PORT=9000 accessd config print");
    group
        .add("check", "Name everything that is wrong with it, at once",
             "  accessd config check --config accessd.toml",
             [&config] { return check_config(config); })
        .takes_config_file();
    group
        .add("print", "Show every value in effect, and where it comes from",
             "  accessd config print\n"
             "  accessd config print > now.toml",
             [&config] { return print_config(config); })
        .takes_config_file();
    group.add("reference", "Explain every setting, as Markdown",
              "  accessd config reference > configure.md", print_config_reference);
}

}  // namespace

void add_server_commands(CommandLine& line)
{
    add_serve(line.root());
    add_init(line.root());
    add_config(line.root());
}

}  // namespace accessd::app
