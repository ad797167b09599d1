#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>

namespace accessd::config {

/// The whole of a file that people write by hand.
/// Errors: Internal, whose detail ends a sentence about the file: "can't be read: No such file ...".
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace accessd::config
