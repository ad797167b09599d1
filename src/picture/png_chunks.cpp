#include "picture/png_chunks.h"

#include "picture/exif.h"

#include <algorithm>
#include <array>

namespace accessd::picture::detail {
namespace {

constexpr std::string_view kSignature{"\x89PNG\r\n\x1A\n"};
constexpr std::size_t kHeadBytes = 8;    // Length and type.
constexpr std::size_t kFrameBytes = 12;  // And the checksum.
constexpr std::uint32_t kLengthMax = 0x7FFFFFFF;

/// Colour types, the bits a sample of each may have, and its channels. Source: PNG, third edition, table 8.
struct ColourType {
    unsigned type;
    std::string_view depths;
    int samples;
    int channels;  ///< After a palette is looked up.
};
constexpr std::array<ColourType, 5> kColourTypes{{{0, "\x01\x02\x04\x08\x10", 1, 1},
                                                  {2, "\x08\x10", 3, 3},
                                                  {3, "\x01\x02\x04\x08", 1, 3},
                                                  {4, "\x08\x10", 2, 2},
                                                  {6, "\x08\x10", 4, 4}}};

bool draws(std::string_view type)
{
    return type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND";
}

Error broken() { return invalid("The PNG is broken."); }

/// Walks the chunks of one PNG.
class PngWalk {
public:
    PngWalk(std::string_view image, const PictureLimits& limits) : image_(image), limits_(limits) {}

    Result<PngChunks> run()
    {
        at_ = kSignature.size();
        std::string_view type;
        while (type != "IEND") {
            if (image_.size() - at_ < kFrameBytes) return cut_short();
            const auto length = big32(image_, at_);
            type = image_.substr(at_ + 4, 4);
            if (length > kLengthMax) return broken();
            if (image_.size() - at_ - kFrameBytes < length) return cut_short();
            ACCESSD_CHECK(take(type, image_.substr(at_ + kHeadBytes, length)));
            if (draws(type)) found_.drawing.push_back(image_.substr(at_, kFrameBytes + length));
            at_ += kFrameBytes + length;
        }
        if (!has_pixels_) return invalid("The PNG has no pixels.");
        return std::move(found_);
    }

private:
    Result<void> take(std::string_view type, std::string_view data)
    {
        const bool is_first = found_.drawing.empty() && others_ == 0;
        if (is_first != (type == "IHDR")) return broken();
        if (type == "IHDR") return take_head(data);
        if (type == "IDAT") {
            has_pixels_ = true;
            return count(type, limits_.bytes_max, data);
        }
        ACCESSD_CHECK(count(type, limits_.chunk_bytes_max, data));
        if (type == "eXIf") found_.header.orientation = orientation_of(data);
        return {};
    }

    /// Pixels may come in small chunks, but not in chunks of nothing without end.
    Result<void> count(std::string_view type, std::size_t bytes_max, std::string_view data)
    {
        if (data.size() > bytes_max) {
            return invalid("The PNG carries too much beside its pixels.");
        }
        ++(type == "IDAT" ? pixel_chunks_ : others_);
        if (others_ > limits_.segments_max || pixel_chunks_ > limits_.segments_max * 10) {
            return invalid("The PNG has too many parts.");
        }
        return {};
    }

    Result<void> take_head(std::string_view data)
    {
        if (data.size() != 13) return broken();
        const auto width = big32(data, 0);
        const auto height = big32(data, 4);
        ACCESSD_CHECK(check_dimensions(width, height, limits_));
        const auto depth = byte_at(data, 8);
        const auto* colour = std::find_if(
            kColourTypes.begin(), kColourTypes.end(),
            [&](const ColourType& candidate) { return candidate.type == byte_at(data, 9); });
        if (colour == kColourTypes.end() ||
            colour->depths.find(static_cast<char>(depth)) == std::string_view::npos ||
            byte_at(data, 10) != 0 || byte_at(data, 11) != 0 || byte_at(data, 12) > 1) {
            return broken();
        }
        const auto unpacked = std::int64_t{width} * height * colour->samples * depth / 8;
        if (unpacked > limits_.unpacked_bytes_max) {
            return invalid("The PNG unpacks to too much. Save it with 8 bits a colour.");
        }
        found_.header.format = Format::Png;
        found_.header.width = static_cast<int>(width);
        found_.header.height = static_cast<int>(height);
        found_.header.channels = colour->channels;
        return {};
    }

    static Error cut_short() { return invalid("The PNG is cut short. Send it again."); }

    std::string_view image_;
    const PictureLimits& limits_;
    PngChunks found_;
    std::size_t at_ = 0;
    int others_ = 0;
    int pixel_chunks_ = 0;
    bool has_pixels_ = false;
};

}  // namespace

Result<PngChunks> read_png_chunks(std::string_view image, const PictureLimits& limits)
{
    return PngWalk{image, limits}.run();
}

Result<PictureHeader> read_png_header(std::string_view image, const PictureLimits& limits)
{
    ACCESSD_TRY(const auto chunks, read_png_chunks(image, limits));
    return chunks.header;
}

std::string drawing_only(const PngChunks& chunks)
{
    std::string png{kSignature};
    for (const auto chunk : chunks.drawing) png += chunk;
    return png;
}

}  // namespace accessd::picture::detail
