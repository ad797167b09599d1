#pragma once

#include <string_view>

namespace accessd::picture {

/// The orientation, 1 to 8, that a TIFF structure names in its first directory; 1 where it names none or is not
/// well formed, because a camera's slip there spoils no picture. Reads each entry once and follows nothing.
int orientation_of(std::string_view tiff);

}  // namespace accessd::picture
