#pragma once

#include "config/load.h"

#include <optional>
#include <string>

namespace accessd::app {

/// What the command line says about the configuration.
struct ConfigChoice {
    std::optional<std::string> file;
    std::optional<std::string> port;
    std::optional<std::string> data_dir;
};

/// The configuration in effect. Nothing, with every problem told, if it can't be used.
std::optional<config::Loaded> load_config(const ConfigChoice& choice);

/// Tells what works and is seldom wanted.
void print_warnings(const config::Loaded& loaded);

/// Each returns the exit status.
int check_config(const ConfigChoice& choice);
int print_config(const ConfigChoice& choice);
int print_config_reference();

}  // namespace accessd::app
