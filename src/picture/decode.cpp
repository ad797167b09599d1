#include "picture/decode.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace accessd::picture {
namespace {

/// What an EXIF orientation asks for, in this order.
struct Turn {
    bool transpose;  ///< Rows become columns.
    bool mirror;     ///< Left becomes right.
    bool flip;       ///< Top becomes bottom.
};

Turn turn_of(int orientation)
{
    switch (orientation) {
    case 2: return {false, true, false};
    case 3: return {false, true, true};
    case 4: return {false, false, true};
    case 5: return {true, false, false};
    case 6: return {true, true, false};
    case 7: return {true, true, true};
    case 8: return {true, false, true};
    default: return {false, false, false};
    }
}

Pixels turned(const Pixels& stored, const Turn& turn)
{
    Pixels upright{stored.width, stored.height, {}, stored.full_width, stored.full_height};
    if (turn.transpose) {
        std::swap(upright.width, upright.height);
        std::swap(upright.full_width, upright.full_height);
    }
    upright.rgb.resize(stored.rgb.size());
    const auto stride = static_cast<std::size_t>(stored.width) * 3;
    auto* to = upright.rgb.data();
    for (int y = 0; y < upright.height; ++y) {
        const int from_y = turn.flip ? upright.height - 1 - y : y;
        for (int x = 0; x < upright.width; ++x, to += 3) {
            const int from_x = turn.mirror ? upright.width - 1 - x : x;
            const auto row = static_cast<std::size_t>(turn.transpose ? from_x : from_y);
            const auto column = static_cast<std::size_t>(turn.transpose ? from_y : from_x);
            std::copy_n(stored.rgb.data() + row * stride + column * 3, 3, to);
        }
    }
    return upright;
}

}  // namespace

Result<Pixels> decode(std::string_view image, const PictureLimits& limits)
{
    ACCESSD_TRY(const auto header, read_header(image, limits));
    const bool is_jpeg = header.format == Format::Jpeg;
    ACCESSD_TRY(auto pixels,
                is_jpeg ? detail::decode_jpeg(image, header) : detail::decode_png(image, limits));
    if (header.orientation == 1) return pixels;
    return turned(pixels, turn_of(header.orientation));
}

}  // namespace accessd::picture
