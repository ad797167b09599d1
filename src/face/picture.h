#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace accessd::face {

/// The pixels of an upright picture: EXIF orientation is already applied.
struct Picture {
    int width = 0;
    int height = 0;
    /// RGB, 8 bits each, rows from the top without gaps: width * height * 3 bytes.
    std::vector<std::uint8_t> pixels;

    bool is_whole() const
    {
        return width > 0 && height > 0 &&
               pixels.size() ==
                   static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    }
};

}  // namespace accessd::face
