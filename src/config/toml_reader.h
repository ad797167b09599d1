#pragma once

#include "config/setting_table.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::config {

/// A value of the file, with where it stands.
struct TomlEntry {
    std::string key;
    std::optional<Value>
        value;         ///< Nothing for what no setting is: a mixed list, a date, a float, a table.
    std::string kind;  ///< Of such a value, in words: "a list".
    int line = 0;      ///< From 1.
};

struct TomlSection {
    std::string name;
    int line = 0;
    std::vector<TomlEntry> entries;
};

struct TomlFile {
    std::vector<TomlEntry> outside;  ///< Values before any [section].
    std::vector<TomlSection> sections;
    std::string error;  ///< Why the text isn't TOML; the rest is empty then.
    int error_line = 0;
};

TomlFile read_toml(const std::string& text);

}  // namespace accessd::config
