#pragma once

#include "config/config.h"
#include "config/problem.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace accessd::config {

/// Environment variables by name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The variables of this process whose names start with ACCESSD_.
Environment process_environment();

/// A setting made on the command line.
struct Flag {
    std::string name;     ///< "--port"
    std::string setting;  ///< "server.port"; must exist.
    std::string value;
};

/// What a configuration is read from, each layer over the one before: file, environment, flags.
struct Sources {
    std::optional<std::string> file;
    Environment environment;
    std::vector<Flag> flags;
};

struct Loaded {
    Config config;
    Origins origins;
    std::vector<Problem> problems;  ///< All there are. With any, `config` must not be used.
    std::vector<Problem> warnings;
};

/// Reads, checks and completes a configuration (smtp.password_file becomes smtp.password).
/// ACCESSD_<SECTION>_<KEY> sets a setting; unknown keys of known sections are problems, other
/// variables are not ours to judge.
Loaded load(const Sources& sources);

/// The file to read: `chosen` (of --config), else ACCESSD_CONFIG, else ./accessd.toml or
/// /etc/accessd/accessd.toml if it exists, else none.
std::optional<std::string> find_file(const std::optional<std::string>& chosen,
                                     const Environment& environment);

}  // namespace accessd::config
