#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace accessd::picture {

enum class Format : std::uint8_t { Jpeg, Png };

/// What a picture says of itself before any pixel is decoded.
struct PictureHeader {
    Format format = Format::Jpeg;
    int width = 0;  ///< As stored, before it is turned upright.
    int height = 0;
    int channels = 3;  ///< 1 to 4; a palette counts as 3.
    int scans = 1;     ///< Passes over all pixels: above 1 in progressive JPEGs.
    /// EXIF: 1 is upright; 2 to 8 are the turned and mirrored ways to hold a camera. Source: EXIF 2.3, 4.6.4 A.
    int orientation = 1;
};

/// How much a picture may be, so that what is small to send is not dear to open.
struct PictureLimits {
    std::size_t bytes_max = 6U * 1024 * 1024;  ///< Source: api.md, section 6.
    std::int64_t pixels_max = 16'000'000;      ///< Source: api.md, section 6.
    int scans_max = 24;  ///< Encoders write 10 (libjpeg) to 14; each costs a pass over all pixels.
    int segments_max = 1'000;  ///< JPEG segments, or PNG chunks beside the pixels' own.
    /// Of one PNG chunk beside the pixels. JPEG segments are 64 KiB at most, and are skipped.
    std::size_t chunk_bytes_max = 1024 * 1024;
    /// Of a PNG unpacked, which zlib may pack a thousandfold: 16 megapixels with 8-bit alpha.
    std::int64_t unpacked_bytes_max = 64'100'000;
};

/// Whether its size and first bytes are those of a JPEG or PNG. Errors: InvalidImage.
Result<void> check_kind(std::string_view image, const PictureLimits& limits = {});

/// Reads type, dimensions, number of scans and sizes of what is beside the pixels, and walks to the end of
/// the picture, so that a hostile or broken one is refused without decoding it: 6 MiB take a few
/// milliseconds. What follows the picture's end is ignored, as cameras append films and more.
/// Errors: InvalidImage, with a sentence for the person who sent it.
Result<PictureHeader> read_header(std::string_view image, const PictureLimits& limits = {});

namespace detail {

Result<PictureHeader> read_jpeg_header(std::string_view image, const PictureLimits& limits);
Result<PictureHeader> read_png_header(std::string_view image, const PictureLimits& limits);
Error invalid(std::string_view sentence);
/// Dimensions above zero and within the limits.
Result<void> check_dimensions(std::int64_t width, std::int64_t height, const PictureLimits& limits);

inline unsigned byte_at(std::string_view bytes, std::size_t at)
{
    return static_cast<unsigned char>(bytes[at]);
}
inline unsigned big16(std::string_view bytes, std::size_t at)
{
    return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}
inline std::uint32_t big32(std::string_view bytes, std::size_t at)
{
    return big16(bytes, at) << 16U | big16(bytes, at + 2);
}

}  // namespace detail
}  // namespace accessd::picture
