// Pictures from strangers: the walk over their headers, which runs before anything else sees them, and the decoders
// behind it.

#include "fuzz.h"

#include "picture/decode.h"
#include "picture/exif.h"

namespace accessd::fuzz {
namespace {

/// Small, so that a fuzzer spends its time on ways through the code, not on pixels.
constexpr std::int64_t kPixelsMax = 1'000'000;

void try_picture(std::string_view image)
{
    picture::PictureLimits limits;
    limits.pixels_max = kPixelsMax;
    const auto header = picture::read_header(image, limits);
    if (!header) {
        require(header.error().code == ErrorCode::InvalidImage, "a refusal is one of the picture");
        require(!header.error().message.empty(), "a refusal says why");
        require(!picture::decode(image, limits), "what the walk refuses is not decoded");
        return;
    }
    require(header->width > 0 && header->height > 0, "a picture has an area");
    require(std::int64_t{header->width} * header->height <= kPixelsMax, "an area within limits");
    require(header->scans <= limits.scans_max, "few scans");
    require(header->orientation >= 1 && header->orientation <= 8, "an orientation there is");
    require(picture::check_kind(image, limits).has_value(), "a picture is of a kind");

    const auto pixels = picture::decode(image, limits);
    if (!pixels) return;
    require(pixels->rgb.size() == static_cast<std::size_t>(pixels->width) *
                                      static_cast<std::size_t>(pixels->height) * 3,
            "pixels are whole");
    const bool is_turned = header->orientation > 4;
    require(pixels->full_width == (is_turned ? header->height : header->width) &&
                pixels->full_height == (is_turned ? header->width : header->height),
            "the decoder sees the size that the walk saw");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = accessd::fuzz::to_view(data, size);
    accessd::fuzz::try_picture(input);
    const int orientation = accessd::picture::orientation_of(input);
    accessd::fuzz::require(orientation >= 1 && orientation <= 8, "an orientation there is");
    return 0;
}
