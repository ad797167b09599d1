#pragma once

#include "base/result.h"
#include "picture/picture_header.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::picture::detail {

/// A PNG as its chunks say.
struct PngChunks {
    PictureHeader header;
    /// Whole chunks (length, type, data, checksum) that draw: IHDR, PLTE, tRNS, IDAT, IEND. They look into the
    /// picture's bytes.
    std::vector<std::string_view> drawing;
};

/// Errors: InvalidImage.
Result<PngChunks> read_png_chunks(std::string_view image, const PictureLimits& limits);

/// The same picture of nothing but what draws. What compresses text, colour profiles and the like never
/// reaches the decoder.
std::string drawing_only(const PngChunks& chunks);

}  // namespace accessd::picture::detail
