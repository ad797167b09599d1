#include "picture/picture_header.h"

#include <string>

namespace accessd::picture {

namespace detail {

Error invalid(std::string_view sentence)
{
    return std::move(Error{ErrorCode::InvalidImage}).saying(std::string{sentence});
}

Result<void> check_dimensions(std::int64_t width, std::int64_t height, const PictureLimits& limits)
{
    if (width <= 0 || height <= 0) return invalid("The picture has no width or no height.");
    // Division: the product of two sides from outside might not fit.
    if (width > limits.pixels_max || height > limits.pixels_max / width) {
        return invalid("The picture has more than " +
                       std::to_string(limits.pixels_max / 1'000'000) +
                       " megapixels. Send a smaller one.");
    }
    return {};
}

}  // namespace detail

namespace {

constexpr std::string_view kJpegStart{"\xFF\xD8\xFF"};
constexpr std::string_view kPngStart{"\x89PNG\r\n\x1A\n"};

}  // namespace

Result<void> check_kind(std::string_view image, const PictureLimits& limits)
{
    if (image.empty()) return detail::invalid("The picture is empty.");
    if (image.size() > limits.bytes_max) {
        return detail::invalid("The picture has more than " +
                               std::to_string(limits.bytes_max / 1024 / 1024) +
                               " MiB. Send a smaller one.");
    }
    if (image.starts_with(kJpegStart) || image.starts_with(kPngStart)) return {};
    return detail::invalid("The picture is neither a JPEG nor a PNG.");
}

Result<PictureHeader> read_header(std::string_view image, const PictureLimits& limits)
{
    ACCESSD_CHECK(check_kind(image, limits));
    if (image.starts_with(kJpegStart)) return detail::read_jpeg_header(image, limits);
    return detail::read_png_header(image, limits);
}

}  // namespace accessd::picture
