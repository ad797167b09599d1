#include "app/shell_completion.h"

#include <algorithm>
#include <set>
#include <vector>

namespace accessd::app {
namespace {

// All three scripts go over the words typed so far with the same table, "path so far, next word", which
// gives the command that the cursor is in; options and words in between are passed over.

/// In single quotes, as all three shells read them once the quote itself is taken out of the text.
std::string in_quotes(std::string_view text)
{
    std::string plain{text};
    std::erase(plain, '\'');
    std::replace(plain.begin(), plain.end(), '\n', ' ');
    std::erase(plain, '\\');
    return "'" + plain + "'";
}

/// The pattern of a case that matches every step from a command to one inside it.
std::string steps(const std::vector<CommandAt>& all, std::string_view separator)
{
    std::string text;
    for (const auto& at : all) {
        if (at.path.empty()) continue;
        if (!text.empty()) text += separator;
        text += in_quotes(at.path.find(' ') == std::string::npos ? " " + at.path : at.path);
    }
    return text;
}

/// The options, of all commands, whose value is of this kind; `kind` empty: of any other than files.
std::string options_with(const std::vector<CommandAt>& all, std::string_view kind)
{
    std::set<std::string> names;
    for (const auto& at : all) {
        for (const auto& option : at.command->options) {
            if (option.is_positional || option.value.empty()) continue;
            const bool is_path = option.value == "FILE" || option.value == "DIR";
            if (kind.empty() ? !is_path : option.value == kind) names.insert(option.name);
        }
    }
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : "|") + name;
    return text.empty() ? "--none" : text;
}

/// Whether the command takes a file at its place.
bool takes_file(const CommandTree& command)
{
    return std::any_of(
        command.options.begin(), command.options.end(),
        [](const CommandOption& option) { return option.is_positional && option.value == "FILE"; });
}

std::string words_of(const CommandTree& command)
{
    std::string text;
    for (const auto& inner : command.commands) text += inner.name + " ";
    for (const auto& option : command.options) {
        if (!option.is_positional) text += option.name + " ";
    }
    if (!text.empty()) text.pop_back();
    return text;
}

std::string bash(const std::vector<CommandAt>& all)
{
    std::string text =
        "# bash completion for accessd; made by: accessd completion bash\n"
        "_accessd()\n{\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local at='' word words='' files=''\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case \"$at $word\" in\n"
        "        " +
        steps(all, "|") +
        ") at=\"${at:+$at }$word\" ;;\n"
        "        esac\n"
        "    done\n"
        "    COMPREPLY=()\n"
        "    case \"$previous\" in\n"
        "    " +
        options_with(all, "FILE") +
        ") compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n"
        "    " +
        options_with(all, "DIR") +
        ") compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return ;;\n"
        "    " +
        options_with(all, {}) +
        ") return ;;\n"
        "    esac\n"
        "    case \"$at\" in\n";
    for (const auto& at : all) {
        text += "    " + in_quotes(at.path) + ") words=" + in_quotes(words_of(*at.command)) +
                (takes_file(*at.command) ? " files=1" : "") + " ;;\n";
    }
    return text +
           "    esac\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "    [[ -z \"$files\" || \"$current\" == -* ]] && return\n"
           "    compopt -o filenames\n"
           "    mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$current\")\n"
           "}\n"
           "complete -F _accessd accessd\n";
}

/// 'name:what it is about'.
std::string described(const std::string& name, const std::string& about)
{
    return in_quotes(name + ":" + about);
}

std::string zsh_case(const CommandAt& at)
{
    std::string commands;
    std::string options;
    for (const auto& inner : at.command->commands)
        commands += described(inner.name, inner.about) + " ";
    for (const auto& option : at.command->options) {
        if (!option.is_positional) options += described(option.name, option.about) + " ";
    }
    return "    (" + in_quotes(at.path) + ") commands=(" + commands + ") options=(" + options +
           ")" + (takes_file(*at.command) ? " files=1" : "") + " ;;\n";
}

std::string zsh(const std::vector<CommandAt>& all)
{
    std::string text = "#compdef accessd\n"
                       "# zsh completion for accessd; made by: accessd completion zsh\n"
                       "_accessd()\n{\n"
                       "    local -a commands options\n"
                       "    local at='' word='' files=''\n"
                       "    for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
                       "        case \"$at $word\" in\n"
                       "        (" +
                       steps(all, "|") +
                       ") at=\"${at:+$at }$word\" ;;\n"
                       "        esac\n"
                       "    done\n"
                       "    case \"${words[CURRENT-1]}\" in\n"
                       "    (" +
                       options_with(all, "FILE") +
                       ") _files; return ;;\n"
                       "    (" +
                       options_with(all, "DIR") +
                       ") _files -/; return ;;\n"
                       "    (" +
                       options_with(all, {}) +
                       ") return ;;\n"
                       "    esac\n"
                       "    case \"$at\" in\n";
    for (const auto& at : all) text += zsh_case(at);
    return text + "    esac\n"
                  "    (( ${#commands} )) && _describe -t commands command commands\n"
                  "    [[ -n $files && $PREFIX != -* ]] && _files\n"
                  "    _describe -t options option options\n"
                  "}\n"
                  "_accessd \"$@\"\n";
}

std::string fish_lines(const CommandAt& at)
{
    const auto start = "complete -c accessd -n \"__accessd_at " + in_quotes(at.path) + "\" ";
    std::string text;
    for (const auto& inner : at.command->commands) {
        text += start + "-a " + inner.name + " -d " + in_quotes(inner.about) + "\n";
    }
    for (const auto& option : at.command->options) {
        if (option.is_positional) {
            if (option.value == "FILE") text += start + "-F\n";
            continue;
        }
        const auto* value = option.value.empty()                              ? ""
                            : option.value == "FILE" || option.value == "DIR" ? " -r -F"
                                                                              : " -x";
        text +=
            start + "-l " + option.name.substr(2) + value + " -d " + in_quotes(option.about) + "\n";
    }
    return text;
}

std::string fish(const std::vector<CommandAt>& all)
{
    std::string text = "# fish completion for accessd; made by: accessd completion fish\n"
                       "function __accessd_at\n"
                       "    set -l at ''\n"
                       "    set -l typed (commandline -opc)\n"
                       "    for word in $typed[2..-1]\n"
                       "        switch \"$at $word\"\n"
                       "            case " +
                       steps(all, " ") +
                       "\n"
                       "                set at (string trim \"$at $word\")\n"
                       "        end\n"
                       "    end\n"
                       "    test \"$at\" = \"$argv[1]\"\n"
                       "end\n"
                       "complete -c accessd -f\n";
    for (const auto& at : all) text += fish_lines(at);
    return text;
}

}  // namespace

std::optional<std::string> completion_for(std::string_view shell, const CommandTree& tree)
{
    const auto all = all_commands(tree);
    if (shell == "bash") return bash(all);
    if (shell == "zsh") return zsh(all);
    if (shell == "fish") return fish(all);
    return std::nullopt;
}

}  // namespace accessd::app
