#include "app/command_line.h"

#include "app/terminal.h"
#include "config/nearest.h"

#include <CLI/CLI.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace accessd::app {
namespace {

CommandOption option_of(const CLI::Option& option)
{
    CommandOption made;
    made.is_positional = option.get_positional();
    made.name =
        option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
    // Flags take no value. CLI11 says TEXT where nobody gave the value a name.
    if (option.get_items_expected_max() > 0) made.value = option.get_type_name();
    made.about = option.get_description();
    return made;
}

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

std::vector<std::string> command_names(const CLI::App& command)
{
    std::vector<std::string> names;
    for (const auto* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(inner->get_name());
    }
    return names;
}

const CLI::App* find_command(const CLI::App& parent, const std::string& name)
{
    for (const auto* inner : parent.get_subcommands([](const CLI::App*) { return true; })) {
        if (inner->get_name() == name) return inner;
    }
    return nullptr;
}

int refuse_word(const std::string& path, const std::string& word,
                const std::vector<std::string>& names)
{
    auto sentence = "there is no command '" + path + " " + printable(word) + "'.";
    if (const auto meant = config::nearest(word, names)) {
        sentence += " Did you mean '" + path + " " + *meant + "'?";
    }
    print_error(sentence + " See: " + path + " --help");
    return kExitUsage;
}

/// "--nme": the option that was probably meant.
std::string suggestion_for(const std::string& word, const CLI::App& command)
{
    std::vector<std::string> names;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
    const auto meant = config::nearest(word.substr(0, word.find('=')), names);
    return meant ? " Did you mean " + *meant + "?" : "";
}

int explain(const CLI::App& app, const CLI::ParseError& error)
{
    const CLI::App* command = &app;
    std::string path = "accessd";
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().front();
        path += ' ';
        path += command->get_name();
    }
    std::string sentence = error.what();
    for (const auto& word : app.remaining(true)) {
        if (!word.starts_with('-')) continue;
        sentence = "there is no option " + printable(word) + "." + suggestion_for(word, *command);
        break;
    }
    if (!sentence.ends_with('.') && !sentence.ends_with('?')) sentence += '.';
    const auto about = command == &app ? "" : path.substr(path.find(' ') + 1) + ": ";
    print_error(about + sentence + " See: " + path + " --help");
    return kExitUsage;
}

}  // namespace

CommandWords CommandWords::add(const std::string& name, const std::string& about,
                               const std::string& examples, CommandAction action)
{
    auto* command = command_.add_subcommand(name, about);
    command->footer("Examples:\n" + examples);
    if (action) {
        command->callback([&said = said_, action = std::move(action)] { said.chosen = action; });
    }
    return {*command, said_};
}

void CommandWords::option(const std::string& name, std::string& value, const std::string& about,
                          const std::string& value_name)
{
    auto* option = command_.add_option(name, value, about);
    if (!value_name.empty()) option->type_name(value_name);
}

void CommandWords::option(const std::string& name, std::optional<std::string>& value,
                          const std::string& about, const std::string& value_name)
{
    auto* option = command_.add_option(name, value, about);
    if (!value_name.empty()) option->type_name(value_name);
}

void CommandWords::required(const std::string& name, std::string& value, const std::string& about,
                            const std::string& value_name)
{
    auto* option = command_.add_option(name, value, about)->required();
    if (!value_name.empty()) option->type_name(value_name);
}

void CommandWords::flag(const std::string& name, bool& value, const std::string& about)
{
    command_.add_flag(name, value, about);
}

void CommandWords::takes_config_file(const std::string& about)
{
    option("--config", said_.config.file, about, "FILE");
}

void CommandWords::takes_data_dir(const std::string& about)
{
    option("--data-dir", said_.config.data_dir, about, "DIR");
}

void CommandWords::takes_json() { flag("--json", said_.is_json, "Print JSON"); }

CommandLine::CommandLine(const std::string& about, const std::string& footer)
    : app_(std::make_unique<CLI::App>(about, "accessd"))
{
    app_->footer(footer);
}

CommandLine::~CommandLine() = default;

CommandWords CommandLine::root() { return {*app_, said_}; }
CommandTree CommandLine::tree() const { return tree_of(*app_); }

/// CLI11 would name the word only after complaining that there is no command.
std::optional<int> CommandLine::refuse_unknown_word(int argc, char** argv) const
{
    const CLI::App* level = app_.get();
    std::string path = "accessd";
    for (int i = 1; i < argc; ++i) {
        const std::string word{argv[i]};
        const auto* inner = find_command(*level, word);
        const auto names = command_names(*level);
        if (names.empty() || word.starts_with('-')) return std::nullopt;
        if (inner == nullptr) return refuse_word(path, word, names);
        level = inner;
        path += ' ';
        path += word;
    }
    return std::nullopt;
}

int CommandLine::run(int argc, char** argv,
                     const std::function<std::optional<int>()>& without_command)
{
    if (argc == 2 && std::string_view{argv[1]} == "help") {
        print_out(app_->help());
        return kExitOk;
    }
    if (const auto status = refuse_unknown_word(argc, argv)) return *status;
    try {
        app_->parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print_out(app_->help());
        return kExitOk;
    } catch (const CLI::ParseError& error) {
        return explain(*app_, error);
    }
    if (said_.chosen) return said_.chosen();
    if (const auto status = without_command()) return *status;
    // Nothing, or a group without its command: the list of what there is helps most.
    print_error("which command? Here is what there is.\n\n" + app_->help());
    return kExitUsage;
}

}  // namespace accessd::app
