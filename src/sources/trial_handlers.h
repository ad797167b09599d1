#pragma once

#include "http/fields.h"
#include "sources/sources.h"
#include "users/person.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>

namespace accessd::sources {

/// One of `email`, `phone` and `user_id`, canonical. Problems go to the body.
std::optional<users::Contact> read_contact(http::Fields& body);

/// What came of a test: who it is, the row with secrets masked, or what is wrong in words.
nlohmann::json to_json(const Trial& trial);

/// How a source fares; null for one that isn't outside.
nlohmann::json health_json(const users::Source& source, const SourceHealth::State& state);

}  // namespace accessd::sources
