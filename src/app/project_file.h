#pragma once

#include "base/result.h"

#include <nlohmann/json.hpp>  // heavy include: whoever includes this works with JSON anyway

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::app {

// A project's set-up as a file that people keep in their own version control: read from the API's answers, compared with
// them, and made to requests of the API again. Names take the place of ids. A secret is never in it: in its place stands
// where it is, as "env:NAME" or "file:/path".

using OrderedJson = nlohmann::ordered_json;

/// Whether a value says where a secret is.
bool is_reference(const OrderedJson& value);
/// Whether one is anywhere in it.
bool has_reference(const OrderedJson& value);

/// The item as the file has it: fields that the server gives (ids, times, health) left out, "has_password": true turned
/// into "password": "env:<prefix>_PASSWORD".
OrderedJson as_in_file(const OrderedJson& item, const std::vector<std::string>& fields,
                       const std::string& secret_prefix);

/// Fields of `wanted` whose value in `shown`, the API's answer, is another: "settings.host: \"a\" -> \"b\"". A secret
/// can't be compared: it differs only where none is set, and its value is not told.
std::vector<std::string> differences(const OrderedJson& wanted, const OrderedJson& shown);

/// The value with each reference to a secret replaced by the secret. Errors: InvalidRequest that names the reference.
Result<OrderedJson> with_secrets(const OrderedJson& value);

/// The first secret field that holds something else than a reference, dotted; empty: none.
std::string find_plain_secret(const OrderedJson& value, const std::string& path = {});

/// ACCESSD_SHOP_CODES: the beginning of an environment variable's name for secrets of this item.
std::string secret_prefix(const std::string& project, const std::string& item);

/// What is wrong with the form of a file, as a sentence; empty: nothing.
std::string refusal_of_file(const OrderedJson& file);

}  // namespace accessd::app
