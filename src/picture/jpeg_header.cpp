#include "picture/exif.h"
#include "picture/picture_header.h"

#include <string>

namespace accessd::picture::detail {
namespace {

// Markers. Source: ITU-T T.81, table B.1.
constexpr unsigned kBaseline = 0xC0;
constexpr unsigned kExtended = 0xC1;
constexpr unsigned kProgressive = 0xC2;
constexpr unsigned kHuffmanTables = 0xC4;
constexpr unsigned kJpgReserved = 0xC8;
constexpr unsigned kArithmeticTables = 0xCC;
constexpr unsigned kFirstRestart = 0xD0;
constexpr unsigned kLastRestart = 0xD7;
constexpr unsigned kStart = 0xD8;
constexpr unsigned kEnd = 0xD9;
constexpr unsigned kScan = 0xDA;
constexpr unsigned kDefineLines = 0xDC;
constexpr unsigned kHierarchy = 0xDE;
constexpr unsigned kExpand = 0xDF;
constexpr unsigned kApp1 = 0xE1;

constexpr std::string_view kExif{"Exif\0\0", 6};

bool is_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != kHuffmanTables && marker != kJpgReserved &&
           marker != kArithmeticTables;
}

/// Walks the segments of one JPEG.
class JpegWalk {
public:
    JpegWalk(std::string_view image, const PictureLimits& limits) : image_(image), limits_(limits)
    {
    }

    Result<PictureHeader> run()
    {
        at_ = 2;  // Behind the start.
        header_.scans = 0;
        while (true) {
            ACCESSD_TRY(const auto marker, next_marker());
            if (marker == kEnd) break;
            if (++segments_ > limits_.segments_max) {
                return invalid("The JPEG has too many parts.");
            }
            ACCESSD_TRY(const auto body, segment());
            ACCESSD_CHECK(take(marker, body));
            if (marker == kScan) skip_coded_data();
        }
        if (!has_frame_ || header_.scans == 0) return invalid("The JPEG has no pixels.");
        return header_;
    }

private:
    /// Markers may be preceded by any number of 0xFF.
    Result<unsigned> next_marker()
    {
        if (at_ + 1 >= image_.size()) return cut_short();
        if (byte_at(image_, at_) != 0xFF) return invalid("The JPEG is broken.");
        while (at_ < image_.size() && byte_at(image_, at_) == 0xFF) ++at_;
        if (at_ >= image_.size()) return cut_short();
        const auto marker = byte_at(image_, at_++);
        const bool is_bare = marker == 0x00 || marker == 0x01 || marker == kStart ||
                             (marker >= kFirstRestart && marker <= kLastRestart);
        if (is_bare) return invalid("The JPEG is broken.");
        return marker;
    }

    Result<std::string_view> segment()
    {
        if (image_.size() - at_ < 2) return cut_short();
        const std::size_t length = big16(image_, at_);
        if (length < 2) return invalid("The JPEG is broken.");
        if (image_.size() - at_ < length) return cut_short();
        const auto body = image_.substr(at_ + 2, length - 2);
        at_ += length;
        return body;
    }

    Result<void> take(unsigned marker, std::string_view body)
    {
        if (is_frame(marker)) return take_frame(marker, body);
        if (marker == kScan) return take_scan();
        if (marker == kHierarchy || marker == kExpand || marker == kDefineLines ||
            marker == kArithmeticTables) {
            return unusual();
        }
        if (marker == kApp1 && body.starts_with(kExif) && !has_exif_) {
            has_exif_ = true;
            header_.orientation = orientation_of(body.substr(kExif.size()));
        }
        return {};
    }

    Result<void> take_frame(unsigned marker, std::string_view body)
    {
        if (marker != kBaseline && marker != kExtended && marker != kProgressive) return unusual();
        if (has_frame_ || body.size() < 6) return invalid("The JPEG is broken.");
        has_frame_ = true;
        if (byte_at(body, 0) != 8) return unusual();
        header_.height = static_cast<int>(big16(body, 1));
        header_.width = static_cast<int>(big16(body, 3));
        header_.channels = static_cast<int>(byte_at(body, 5));
        if (header_.channels != 1 && header_.channels != 3) {
            return invalid("The JPEG is made for printing (CMYK). Send one in RGB.");
        }
        if (body.size() != 6 + static_cast<std::size_t>(header_.channels) * 3) {
            return invalid("The JPEG is broken.");
        }
        for (std::size_t i = 7; i < body.size(); i += 3) {
            const auto across = byte_at(body, i) >> 4U;
            const auto down = byte_at(body, i) & 15U;
            if (across < 1 || across > 4 || down < 1 || down > 4) return unusual();
        }
        return check_dimensions(header_.width, header_.height, limits_);
    }

    Result<void> take_scan()
    {
        if (!has_frame_) return invalid("The JPEG is broken.");
        if (++header_.scans > limits_.scans_max) {
            return invalid("The JPEG is stored in too many passes. Save it as a plain JPEG.");
        }
        return {};
    }

    /// To the next marker that is neither a stuffed byte nor a restart.
    void skip_coded_data()
    {
        // Not find(): the bytes may be nothing but stuffing, and each call costs more than it saves.
        for (; at_ + 1 < image_.size(); ++at_) {
            if (byte_at(image_, at_) != 0xFF) continue;
            const auto next = byte_at(image_, at_ + 1);
            const bool is_restart = next >= kFirstRestart && next <= kLastRestart;
            if (next != 0xFF && next != 0x00 && !is_restart) return;
        }
        at_ = image_.size();
    }

    static Error cut_short() { return invalid("The JPEG is cut short. Send it again."); }
    static Error unusual()
    {
        return invalid("The JPEG is of an unusual kind. Save it as a plain JPEG.");
    }

    std::string_view image_;
    const PictureLimits& limits_;
    PictureHeader header_;
    std::size_t at_ = 0;
    int segments_ = 0;
    bool has_frame_ = false;
    bool has_exif_ = false;
};

}  // namespace

Result<PictureHeader> read_jpeg_header(std::string_view image, const PictureLimits& limits)
{
    return JpegWalk{image, limits}.run();
}

}  // namespace accessd::picture::detail
