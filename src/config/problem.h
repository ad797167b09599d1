#pragma once

#include <map>
#include <string>
#include <string_view>

namespace accessd::config {

/// Something wrong with the configuration.
struct Problem {
    std::string source;   ///< "accessd.toml:12", "ACCESSD_SERVER_PORT" or "--port".
    std::string setting;  ///< "server.port"; empty when it concerns the whole source.
    std::string value;    ///< As TOML; empty for secrets, unknown keys and what has none.
    std::string issue;    ///< A sentence fragment: "must be a whole number from 1 to 65535".
    int line = 0;         ///< In the file; orders the list.
};

/// One line: "accessd.toml:3: server.port = 0: must be ...".
std::string to_text(const Problem& problem);

/// Where each setting that isn't at its default comes from, by "server.port".
using Origins = std::map<std::string, std::string, std::less<>>;

}  // namespace accessd::config
