#pragma once

#include "base/result.h"
#include "face/picture.h"

#include <string_view>

namespace accessd::app {

/// Decodes a picture of the operator's, in this very process. What strangers send goes to a worker instead.
/// Errors: InvalidImage.
Result<face::Picture> to_picture(std::string_view bytes);

}  // namespace accessd::app
