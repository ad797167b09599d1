#pragma once

#include "config/config.h"
#include "config/problem.h"

#include <string>

namespace accessd::config {

/// The effective values as TOML, each that isn't a default with where it comes from; secrets as "***".
std::string effective_toml(const Config& config, const Origins& origins);

/// A file to start from: every setting with its explanation, as a comment where `config` has the
/// default, so that defaults of later releases take effect.
std::string commented_toml(const Config& config);

/// The table of settings as a page, Markdown.
std::string reference_markdown();

}  // namespace accessd::config
