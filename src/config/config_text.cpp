#include "config/config_text.h"

#include "config/setting_table.h"
#include "config/value_rules.h"

#include <algorithm>
#include <string_view>

namespace accessd::config {
namespace {

constexpr std::size_t kColumns = 96;

/// Lines of at most kColumns, each beginning with "# ".
std::string as_comment(std::string_view text)
{
    std::string out;
    std::size_t column = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (column != 0 && column + 1 + end > kColumns) {
            out += '\n';
            column = 0;
        }
        out += column == 0 ? "# " : " ";
        column += column == 0 ? 2 : 1;
        out += text.substr(0, end);
        column += end;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out + '\n';
}

std::string without_controls(std::string text)
{
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return text;
}

/// What is accepted, as its own sentence; nothing where the help says it all.
std::string accepted_sentence(const Setting& setting)
{
    switch (setting.kind) {
    case Kind::Text:
    case Kind::Path:
    case Kind::ExistingFile:
    case Kind::EmailAddress: return {};
    default: return " Takes " + accepted(setting) + ".";
    }
}

std::string shown_value(const Setting& setting, const Config& config)
{
    const auto value = setting.get(config);
    const bool is_hidden = setting.is_secret && value != setting.default_value();
    return is_hidden ? "\"***\"" : to_toml(value);
}

std::string escaped_cell(std::string text)
{
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
        text.insert(at, "\\");
    }
    return text;
}

}  // namespace

std::string effective_toml(const Config& config, const Origins& origins)
{
    std::string out;
    for (const auto& section : sections()) {
        out += (out.empty() ? "[" : "\n[") + std::string{section.name} + "]\n";
        for (const auto& setting : settings()) {
            if (setting.section != section.name) continue;
            // It came from the file, and both together would not load.
            if (setting.is_secret && !config.smtp.password_file.empty()) continue;
            out += std::string{setting.key} + " = " + shown_value(setting, config);
            const auto origin = origins.find(setting.name());
            if (origin != origins.end()) out += "  # " + without_controls(origin->second);
            out += '\n';
        }
    }
    return out;
}

std::string commented_toml(const Config& config)
{
    std::string out =
        as_comment("Configuration of accessd. Lines with a # before the setting show the default; "
                   "take the # away to change it.") +
        as_comment("Every setting can come from the environment instead, as "
                   "ACCESSD_<SECTION>_<SETTING>, such as ACCESSD_SERVER_PORT. After a change: "
                   "accessd config check") +
        as_comment("Paths that don't start with / start at the folder accessd is started in.");
    for (const auto& section : sections()) {
        out += "\n\n" + as_comment(section.help) + "[" + std::string{section.name} + "]\n";
        for (const auto& setting : settings()) {
            if (setting.section != section.name) continue;
            const auto value = setting.get(config);
            out += '\n' + as_comment(std::string{setting.help} + accepted_sentence(setting));
            out += value == setting.default_value() ? "#" : "";
            out += std::string{setting.key} + " = " + to_toml(value) + '\n';
        }
    }
    return out;
}

std::string reference_markdown()
{
    std::string out =
        "# Configuration\n\n"
        "Settings come from a TOML file, then from the environment, then from flags of the command\n"
        "line; the later wins. The file is the one named by `--config` or `ACCESSD_CONFIG`, else\n"
        "`accessd.toml` in the current folder, else `/etc/accessd/accessd.toml`. `accessd init`\n"
        "writes one to start from, `accessd config check` names every problem at once, and\n"
        "`accessd config print` shows what is in effect and where it comes from.\n\n"
        "Any setting can be given as an environment variable: `ACCESSD_`, the section, `_`, the\n"
        "setting, in capitals, such as `ACCESSD_SERVER_PORT`. Two variables have no setting:\n"
        "`ACCESSD_CONFIG` names the file, and `ACCESSD_MASTER_KEY` holds the master key.\n\n"
        "This page is what `accessd config reference` prints.\n";
    for (const auto& section : sections()) {
        out += "\n## [" + std::string{section.name} + "]\n\n" + std::string{section.help} +
               "\n\n| Setting | Default | Accepted | What it does |\n|---|---|---|---|\n";
        for (const auto& setting : settings()) {
            if (setting.section != section.name) continue;
            out += "| `" + std::string{setting.key} + "` | `" + to_toml(setting.default_value()) +
                   "` | " + escaped_cell(accepted(setting)) + " | " +
                   escaped_cell(std::string{setting.help}) +
                   (setting.is_secret ? " Secret: never printed." : "") + " |\n";
        }
    }
    return out;
}

}  // namespace accessd::config
