#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"

#include <string>

namespace accessd::app {

/// The 32 bytes that wrap every other key: from ACCESSD_MASTER_KEY (base64url) or the configured file,
/// which only its owner may read. Errors: Internal with a sentence naming the file and what to do.
Result<Secret> read_master_key(const config::Config& config);

/// Whether the master key comes from ACCESSD_MASTER_KEY.
bool has_master_key_variable();

/// As read_master_key, from this file.
Result<Secret> read_master_key_file(const std::string& file);

/// Writes a new master key (base64url and a line feed, mode 0600); never over an existing file.
/// Errors: Conflict if the file exists; Internal with a sentence.
Result<Secret> make_master_key(const std::string& file, Random& random);

}  // namespace accessd::app
