#pragma once

#include "base/result.h"
#include "http/fields.h"
#include "outbound/guard.h"
#include "sources/client_factory.h"
#include "sources/source_settings.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace accessd::sources {

/// Reads a source's `settings` from a body: all that its kind needs if `is_new`, else what changes. Problems go to
/// the body.
void read_settings(http::Fields& body, bool is_new, SourceSettings& settings);

/// What can be said of settings without asking the source. `before`: as they were; null: new ones. A host is made
/// canonical. Returns warnings.
/// Errors: InvalidRequest; UrlNotAllowed (an inner host, a file in no opened folder).
Result<std::vector<std::string>> check_settings(SourceSettings& settings,
                                                const SourceSettings* before,
                                                const outbound::Guard& guard, const Reach& reach);

/// As the API shows them: no secret.
nlohmann::json to_json(const SourceSettings& settings);

}  // namespace accessd::sources
