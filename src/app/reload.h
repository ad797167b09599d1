#pragma once

#include "app/parts.h"
#include "config/config.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace accessd::app {

/// Reads the configuration again; nothing, with the problems told, if it can't be used.
using ReadConfig = std::function<std::optional<config::Config>()>;

/// Names of the settings that differ: "smtp.password". Values are not told.
std::vector<std::string> changed_settings(const config::Config& before,
                                          const config::Config& after);

/// Whether a change of the setting takes effect without a restart.
bool is_reloadable(const std::string& setting);

/// What SIGHUP does beside the certificate: the configuration is read again, what can change at once does, and the log names
/// what waits for a restart, each time until it came.
class Reload {
public:
    Reload(Parts& parts, config::Config running, ReadConfig read);

    /// A configuration with problems changes nothing.
    void run();

private:
    void apply(const std::vector<std::string>& changed);

    Parts& parts_;
    config::Config running_;  ///< What is in effect.
    ReadConfig read_;
};

}  // namespace accessd::app
