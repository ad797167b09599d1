#pragma once

#include "base/result.h"
#include "face/comparison.h"

#include <string>
#include <string_view>

namespace accessd::biometrics {

/// A template as it is sealed: a version, the model's name, and numbers as IEEE 754 singles, little-endian.
std::string to_bytes(const face::Template& known);
/// Errors: Internal for what to_bytes() didn't make.
Result<face::Template> template_of(std::string_view bytes);

}  // namespace accessd::biometrics
