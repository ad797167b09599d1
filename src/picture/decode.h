#pragma once

#include "base/result.h"
#include "picture/picture_header.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace accessd::picture {

/// A decoded picture, upright.
struct Pixels {
    int width = 0;
    int height = 0;
    /// RGB, 8 bits each, rows from the top without gaps.
    std::vector<std::uint8_t> rgb;
    /// Sides of the whole picture, upright: larger than width and height where it was decoded smaller.
    int full_width = 0;
    int full_height = 0;
};

/// Large JPEGs are decoded smaller, to a long side of at least this and less than twice as much, which costs
/// half the time for a 12 megapixel photograph and no accuracy: models look at 256 pixels and fewer.
inline constexpr int kLongSideMin = 1280;

/// Checks the header (read_header), then decodes with libjpeg-turbo or libpng and turns the picture
/// upright. Transparent pixels become white. A picture that its decoder has doubts about is refused: people's
/// cameras write sound ones, and what is seen must not depend on a guess.
/// Memory: 3 bytes per pixel, twice that while turning. Not for the server's own process.
/// Errors: InvalidImage.
Result<Pixels> decode(std::string_view image, const PictureLimits& limits = {});

namespace detail {

Result<Pixels> decode_jpeg(std::string_view image, const PictureHeader& header);
Result<Pixels> decode_png(std::string_view image, const PictureLimits& limits);

}  // namespace detail
}  // namespace accessd::picture
