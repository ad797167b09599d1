#include "picture/exif.h"

#include "picture/picture_header.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace accessd::picture {
namespace {

using detail::byte_at;

constexpr unsigned kOrientation = 0x0112;
constexpr unsigned kShort = 3;
constexpr std::size_t kEntryBytes = 12;

/// Numbers of a TIFF structure, in the order of bytes that it chose.
class Numbers {
public:
    Numbers(std::string_view bytes, bool is_big) : bytes_(bytes), is_big_(is_big) {}

    std::optional<unsigned> two(std::size_t at) const
    {
        if (at > bytes_.size() || bytes_.size() - at < 2) return std::nullopt;
        const auto first = byte_at(bytes_, at);
        const auto second = byte_at(bytes_, at + 1);
        return is_big_ ? first << 8U | second : second << 8U | first;
    }

    std::optional<std::size_t> four(std::size_t at) const
    {
        const auto first = two(at);
        const auto second = two(at + 2);
        if (!first || !second) return std::nullopt;
        return is_big_ ? std::size_t{*first} << 16U | *second
                       : std::size_t{*second} << 16U | *first;
    }

private:
    std::string_view bytes_;
    bool is_big_;
};

}  // namespace

int orientation_of(std::string_view tiff)
{
    const bool is_big = tiff.starts_with("MM");
    if (!is_big && !tiff.starts_with("II")) return 1;
    const Numbers numbers{tiff, is_big};
    const auto directory = numbers.four(4);
    if (numbers.two(2) != 42U || !directory) return 1;
    const auto entries = numbers.two(*directory);
    if (!entries) return 1;
    for (std::size_t i = 0; i < *entries; ++i) {
        const auto at = *directory + 2 + i * kEntryBytes;
        const auto tag = numbers.two(at);
        if (!tag) return 1;
        if (*tag != kOrientation) continue;
        const auto value = numbers.two(at + 8);
        const bool is_sound = numbers.two(at + 2) == kShort && value && *value >= 1 && *value <= 8;
        return is_sound ? static_cast<int>(*value) : 1;
    }
    return 1;
}

}  // namespace accessd::picture
