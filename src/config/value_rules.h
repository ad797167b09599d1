#pragma once

#include "config/setting_table.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::config {

/// Whether values are lists of texts.
bool is_list(Kind kind);

/// What the setting takes, to follow "must be": "a whole number from 1 to 65535".
std::string accepted(const Setting& setting);

/// Whether the value has the setting's type and is within its rule. Looks at no file.
bool is_accepted(const Setting& setting, const Value& value);

/// Text of the environment or the command line as the setting's type; nothing if it isn't of it.
std::optional<Value> from_text(const Setting& setting, std::string_view text);

/// The value as TOML writes it, on one line.
std::string to_toml(const Value& value);

}  // namespace accessd::config
