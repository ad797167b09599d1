#pragma once

#include "config/config.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace accessd::config {

/// What a setting holds, as the file writes it.
using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// What is accepted of a value beyond its type; value_rules.cpp has the rule of each.
enum class Kind {
    Text,
    Path,
    ExistingFile,
    IpAddress,
    Host,
    Origin,
    EmailAddress,
    Whole,
    YesNo,
    Choice,
    Networks,  ///< A list.
    Folders,   ///< A list of absolute paths.
};

/// One setting: everything that the loader, the command line and the reference know of it.
struct Setting {
    std::string_view section;
    std::string_view key;
    Kind kind{};
    std::string_view help;  ///< A sentence or two: what it does and why it is what it is.
    std::int64_t min = 0;   ///< Whole only, as is max.
    std::int64_t max = 0;
    std::string_view unit;  ///< "seconds", "bytes", or nothing.
    std::vector<std::string_view> choices;
    bool is_secret = false;
    std::function<Value(const Config&)> get;
    std::function<void(Config&, const Value&)> set;  ///< `value` must be of the type `get` returns.

    std::string name() const;      ///< "server.port"
    std::string variable() const;  ///< "ACCESSD_SERVER_PORT"
    Value default_value() const { return get(Config{}); }
};

struct SectionInfo {
    std::string_view name;
    std::string_view help;
};

/// The only list of settings, in the order in which people read them.
const std::vector<SectionInfo>& sections();
const std::vector<Setting>& settings();

/// Null if there is none.
const SectionInfo* find_section(std::string_view name);
const Setting* find_setting(std::string_view section, std::string_view key);

}  // namespace accessd::config
