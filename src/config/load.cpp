#include "config/load.h"

#include "config/checks.h"
#include "config/nearest.h"
#include "config/small_file.h"
#include "config/toml_reader.h"
#include "config/value_rules.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

namespace accessd::config {
namespace {

constexpr std::string_view kPrefix = "ACCESSD_";
constexpr std::size_t kFileBytesMax = 1 << 20;  // A full configuration has some 10 KB.
constexpr std::size_t kPasswordBytesMax = 4096;
constexpr std::size_t kShownMax = 200;

std::vector<std::string> section_names()
{
    std::vector<std::string> names;
    for (const auto& section : sections()) names.emplace_back(section.name);
    return names;
}

std::vector<std::string> key_names(std::string_view section)
{
    std::vector<std::string> names;
    for (const auto& setting : settings()) {
        if (setting.section == section) names.emplace_back(setting.key);
    }
    return names;
}

/// Names of the settings called `key`, whichever their section.
std::vector<std::string> settings_called(std::string_view key)
{
    std::vector<std::string> names;
    for (const auto& setting : settings()) {
        if (setting.key == key) names.push_back(setting.name());
    }
    return names;
}

std::string name_of(std::string_view section, std::string_view key)
{
    return std::string{section} + "." + std::string{key};
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string about_unknown_key(std::string_view section, std::string_view key)
{
    if (const auto meant = nearest(key, key_names(section))) {
        return "there is no such setting; did you mean " + std::string{section} + "." + *meant +
               "?";
    }
    if (const auto elsewhere = settings_called(key); !elsewhere.empty()) {
        return "there is no such setting; did you mean " + joined(elsewhere) + "?";
    }
    return "there is no such setting; those of [" + std::string{section} + "] are " +
           joined(key_names(section));
}

std::string about_unknown_variable(std::string_view section, std::string_view key)
{
    const auto meant = nearest(key, key_names(section));
    if (!meant) return about_unknown_key(section, key);
    return "there is no such setting; did you mean " + find_setting(section, *meant)->variable() +
           "?";
}

std::string about_unknown_section(std::string_view name)
{
    if (const auto meant = nearest(name, section_names())) {
        return "there is no such section; did you mean [" + *meant + "]?";
    }
    return "there is no such section; there are " + joined(section_names());
}

/// About a value outside of every section.
std::string about_stray(std::string_view key)
{
    if (find_section(key) != nullptr) {
        return "is a section: write [" + std::string{key} + "] and its settings below";
    }
    const auto meant = settings_called(key);
    if (meant.empty()) return "settings belong into a section, such as [server]";
    return "belongs into a section; did you mean " + joined(meant) + "?";
}

std::string shown(std::string text)
{
    if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
    return text;
}

/// Takes in the layers one by one and remembers what was wrong.
class Loader {
public:
    void take_file(const std::string& path);
    void take_environment(const Environment& environment);
    void take_flags(const std::vector<Flag>& flags);
    void read_password_file(std::string_view section, Smtp& smtp);
    void read_password_files();
    Loaded finish() &&;

private:
    void take_section(const TomlSection& section, const std::string& path);
    void take_entry(const Setting& setting, const TomlEntry& entry, const std::string& path);
    void take_text(const Setting& setting, const std::string& text, const std::string& source);
    void take(const Setting& setting, const Value& value, const std::string& source, int line);
    void refuse(Problem problem);
    void refuse_value(const Setting& setting, const std::string& written, const std::string& source,
                      int line);

    Loaded loaded_;
    bool is_file_lost_ = false;
    std::set<std::string> refused_;  ///< Settings; further complaints about one would only confuse.
};

void Loader::refuse(Problem problem)
{
    refused_.insert(problem.setting);
    loaded_.problems.push_back(std::move(problem));
}

void Loader::refuse_value(const Setting& setting, const std::string& written,
                          const std::string& source, int line)
{
    refuse({.source = source,
            .setting = setting.name(),
            .value = setting.is_secret ? std::string{} : shown(written),
            .issue = "must be " + accepted(setting),
            .line = line});
}

void Loader::take(const Setting& setting, const Value& value, const std::string& source, int line)
{
    if (!is_accepted(setting, value)) {
        refuse_value(setting, to_toml(value), source, line);
        return;
    }
    setting.set(loaded_.config, value);
    loaded_.origins[setting.name()] = source;
}

void Loader::take_text(const Setting& setting, const std::string& text, const std::string& source)
{
    if (const auto value = from_text(setting, text)) {
        take(setting, *value, source, 0);
    } else {
        refuse_value(setting, to_toml(text), source, 0);
    }
}

void Loader::take_entry(const Setting& setting, const TomlEntry& entry, const std::string& path)
{
    const auto source = path + ":" + std::to_string(entry.line);
    const bool has_list =
        entry.value && std::holds_alternative<std::vector<std::string>>(*entry.value);
    if (has_list && !is_list(setting.kind)) {
        refuse_value(setting, "a list", source, entry.line);
    } else if (entry.value) {
        take(setting, *entry.value, source, entry.line);
    } else {
        refuse_value(setting, entry.kind, source, entry.line);
    }
}

void Loader::take_section(const TomlSection& section, const std::string& path)
{
    const auto source = [&](int line) { return path + ":" + std::to_string(line); };
    if (find_section(section.name) == nullptr) {
        refuse({.source = source(section.line),
                .setting = "[" + section.name + "]",
                .issue = about_unknown_section(section.name),
                .line = section.line});
        return;
    }
    for (const auto& entry : section.entries) {
        if (const auto* setting = find_setting(section.name, entry.key)) {
            take_entry(*setting, entry, path);
        } else {
            refuse({.source = source(entry.line),
                    .setting = name_of(section.name, entry.key),
                    .issue = about_unknown_key(section.name, entry.key),
                    .line = entry.line});
        }
    }
}

void Loader::take_file(const std::string& path)
{
    const auto text = read_small_file(path, kFileBytesMax);
    if (!text) {
        is_file_lost_ = true;
        refuse({.source = path, .issue = text.error().detail});
        return;
    }
    const auto file = read_toml(*text);
    if (!file.error.empty()) {
        is_file_lost_ = true;
        refuse({.source = path + ":" + std::to_string(file.error_line),
                .issue = "is not TOML: " + file.error,
                .line = file.error_line});
        return;
    }
    for (const auto& entry : file.outside) {
        refuse({.source = path + ":" + std::to_string(entry.line),
                .setting = entry.key,
                .issue = about_stray(entry.key),
                .line = entry.line});
    }
    for (const auto& section : file.sections) take_section(section, path);
    std::stable_sort(loaded_.problems.begin(), loaded_.problems.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
}

void Loader::take_environment(const Environment& environment)
{
    const auto lower = [](std::string text) {
        for (char& c : text) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        return text;
    };
    for (const auto& [variable, text] : environment) {
        if (!variable.starts_with(kPrefix)) continue;
        const auto name = lower(variable.substr(kPrefix.size()));
        const auto underscore = name.find('_');
        if (underscore == std::string::npos) continue;
        const auto section = name.substr(0, underscore);
        if (find_section(section) == nullptr) continue;
        const auto key = name.substr(underscore + 1);
        if (const auto* setting = find_setting(section, key)) {
            take_text(*setting, text, variable);
            continue;
        }
        refuse({.source = variable,
                .setting = name_of(section, key),
                .issue = about_unknown_variable(section, key)});
    }
}

void Loader::take_flags(const std::vector<Flag>& flags)
{
    for (const auto& flag : flags) {
        const auto dot = flag.setting.find('.');
        const auto* setting =
            find_setting(flag.setting.substr(0, dot), flag.setting.substr(dot + 1));
        take_text(*setting, flag.value, flag.name);
    }
}

void Loader::read_password_file(std::string_view section, Smtp& smtp)
{
    const auto name = name_of(section, "password_file");
    const auto password = name_of(section, "password");
    if (smtp.password_file.empty() || refused_.count(name) != 0) return;
    const auto add = [&](std::string issue) {
        refuse({.source = loaded_.origins[name],
                .setting = name,
                .value = to_toml(smtp.password_file),
                .issue = std::move(issue)});
    };
    if (!smtp.password.empty()) {
        add("comes with " + password + " (" + loaded_.origins[password] + "): set one of the two");
        return;
    }
    auto text = read_small_file(smtp.password_file, kPasswordBytesMax);
    if (!text) {
        add(text.error().detail);
        return;
    }
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty() || !is_accepted(*find_setting(section, "password"), Value{*text})) {
        add("must hold the password and nothing else, on one line");
        return;
    }
    smtp.password = Secret{*std::move(text)};
}

void Loader::read_password_files()
{
    read_password_file("smtp", loaded_.config.smtp);
    read_password_file("smtp2", loaded_.config.smtp2);
    read_password_file("smtp3", loaded_.config.smtp3);
}

Loaded Loader::finish() &&
{
    // What seems to be missing may stand in the file.
    if (is_file_lost_) return std::move(loaded_);
    for (auto& problem : find_conflicts(loaded_.config, loaded_.origins)) {
        if (refused_.count(problem.setting) == 0) loaded_.problems.push_back(std::move(problem));
    }
    if (loaded_.problems.empty()) {
        loaded_.warnings = find_warnings(loaded_.config, loaded_.origins);
    }
    return std::move(loaded_);
}

}  // namespace

Environment process_environment()
{
    Environment found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
        found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

Loaded load(const Sources& sources)
{
    Loader loader;
    if (sources.file) loader.take_file(*sources.file);
    loader.take_environment(sources.environment);
    loader.take_flags(sources.flags);
    loader.read_password_files();
    return std::move(loader).finish();
}

std::optional<std::string> find_file(const std::optional<std::string>& chosen,
                                     const Environment& environment)
{
    if (chosen) return chosen;
    const auto named = environment.find("ACCESSD_CONFIG");
    if (named != environment.end() && !named->second.empty()) return named->second;
    for (const std::string path : {"accessd.toml", "/etc/accessd/accessd.toml"}) {
        std::error_code error;
        if (std::filesystem::exists(path, error) || error) return path;
    }
    return std::nullopt;
}

}  // namespace accessd::config
