#pragma once

#include "app/parts.h"
#include "base/result.h"

#include <string>

namespace accessd::app {

/// What a newcomer needs for the first login: development only.
struct QuickStart {
    std::string url;
    std::string project_id;
    std::string client_id;
    std::string client_secret;
    std::string token;     ///< Good for an hour.
    std::string env_file;  ///< Holds all of the above as shell variables, mode 0600.
};

/// Makes a test project ("quick-start") and a key for it where they are missing, issues a token, and
/// writes the file. Credentials are kept in that file alone, from start to start.
/// Errors: StoreUnavailable; Internal with a sentence when the file can't be written.
Result<QuickStart> prepare_quick_start(Parts& parts, const std::string& data_dir,
                                       const std::string& url);

/// For the terminal: where the server is, and commands that log a person in when pasted.
std::string quick_start_text(const QuickStart& start, bool has_docs);

}  // namespace accessd::app
