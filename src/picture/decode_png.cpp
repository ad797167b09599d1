#include "picture/decode.h"
#include "picture/png_chunks.h"

#include <png.h>

namespace accessd::picture::detail {
namespace {

Error broken() { return invalid("The PNG is broken. Send it again, or another one."); }

/// Frees what libpng holds, however the reading ends.
struct PngImage {
    png_image state{};
    PngImage() { state.version = PNG_IMAGE_VERSION; }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;
    ~PngImage() { png_image_free(&state); }
};

}  // namespace

Result<Pixels> decode_png(std::string_view image, const PictureLimits& limits)
{
    ACCESSD_TRY(const auto chunks, read_png_chunks(image, limits));
    const auto bytes = drawing_only(chunks);
    PngImage png;
    if (png_image_begin_read_from_memory(&png.state, bytes.data(), bytes.size()) == 0) {
        return broken();
    }
    png.state.format = PNG_FORMAT_RGB;
    Pixels pixels;
    pixels.width = pixels.full_width = chunks.header.width;
    pixels.height = pixels.full_height = chunks.header.height;
    const auto width = static_cast<std::size_t>(pixels.width);
    pixels.rgb.resize(width * static_cast<std::size_t>(pixels.height) * 3);
    constexpr png_color kWhite{255, 255, 255};
    if (png_image_finish_read(&png.state, &kWhite, pixels.rgb.data(), 0, nullptr) == 0) {
        return broken();
    }
    return pixels;
}

}  // namespace accessd::picture::detail
