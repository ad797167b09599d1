#pragma once

#include <string_view>

namespace accessd {

/// A file that the build put into the program. cmake/embed.cmake makes the lists of them.
struct EmbeddedFile {
    std::string_view name;  ///< Path below the embedded folder, with '/'.
    std::string_view bytes;
};

}  // namespace accessd
