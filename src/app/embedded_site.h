#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

#include <span>
#include <string_view>

namespace accessd::app {

/// A file that the build put into the program. Errors: NotFound.
Result<std::string_view> embedded_bytes(std::span<const EmbeddedFile> files, std::string_view name);

/// The file as an answer, compressed where the client takes it and the build made it so.
/// Errors: NotFound.
Result<http::Response> serve_embedded(std::span<const EmbeddedFile> files, std::string_view name,
                                      const http::Request& request);

}  // namespace accessd::app
