#pragma once

#include "base/result.h"
#include "http/fields.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::biometrics {

/// What routes that take pictures may be sent. Source: api.md, section 1.
inline constexpr std::size_t kPicturesBytesMax = 9 * 1024 * 1024;

/// Texts of a field that are to be pictures; refuses what is none in the body.
std::optional<std::string> read_picture(http::Fields& body, std::string_view name, bool required);
/// A list of them, of this many.
std::optional<std::vector<std::string>> read_pictures(http::Fields& body, std::string_view name,
                                                      bool required, std::size_t count_min,
                                                      std::size_t count_max);

/// The bytes of a picture that came as base64 (RFC 4648 section 4, its padding may be missing), bare or as a data URI.
/// Errors: InvalidImage.
Result<std::string> picture_of(std::string_view text);
/// Errors: InvalidImage with `details.index`.
Result<std::vector<std::string>> pictures_of(const std::vector<std::string>& texts);

}  // namespace accessd::biometrics
