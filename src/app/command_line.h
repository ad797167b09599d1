#pragma once

#include "app/command_tree.h"
#include "app/config_commands.h"
#include "app/key_commands.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace accessd::app {

/// Carries a command out; returns the exit status (terminal.h).
using CommandAction = std::function<int()>;

/// What was said on the command line that many commands understand, and which command it named.
struct Said {
    ConfigChoice config;
    bool is_json = false;
    CommandAction chosen;

    Output output() const { return is_json ? Output::Json : Output::Text; }
};

/// Describes one command: the commands below it, and its options. Values that options write to must live as long as the
/// command line; an action keeps those that it captures alive so long.
class CommandWords {
public:
    CommandWords(CLI::App& command, Said& said) : command_(command), said_(said) {}

    /// A command below this one. What there is to tell beside its options begins with `examples`. Without an action it
    /// is a group, and one of its own commands must be named.
    CommandWords add(const std::string& name, const std::string& about, const std::string& examples,
                     CommandAction action = {});

    /// "--name", or a word at its place, without dashes. Empty `value_name`: TEXT.
    void option(const std::string& name, std::string& value, const std::string& about,
                const std::string& value_name = {});
    void option(const std::string& name, std::optional<std::string>& value,
                const std::string& about, const std::string& value_name = {});
    void required(const std::string& name, std::string& value, const std::string& about,
                  const std::string& value_name = {});
    void flag(const std::string& name, bool& value, const std::string& about);

    // What many commands take.
    void takes_config_file(const std::string& about = "Configuration file");
    void takes_data_dir(const std::string& about = "In place of store.data_dir");
    void takes_json();

    const Said& said() const { return said_; }
    ConfigChoice& config() const { return said_.config; }

private:
    CLI::App& command_;
    Said& said_;
};

/// The command line: what there is to say, and what was said.
class CommandLine {
public:
    CommandLine(const std::string& about, const std::string& footer);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    CommandWords root();
    CommandTree tree() const;

    /// Runs the command that was asked for, or says why there is none. Where none is named, `without_command` may
    /// answer. Returns the exit status.
    int run(int argc, char** argv, const std::function<std::optional<int>()>& without_command);

private:
    std::optional<int> refuse_unknown_word(int argc, char** argv) const;

    std::unique_ptr<CLI::App> app_;
    Said said_;
};

}  // namespace accessd::app
