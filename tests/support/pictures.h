#pragma once

#include "picture/decode.h"

#include <cstdio>

#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::test {

using Colour = std::array<std::uint8_t, 3>;

/// A picture whose four quarters have a colour each: red and green above, blue and white below.
inline picture::Pixels quarters(int width, int height)
{
    constexpr std::array<Colour, 4> kColours{
        {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}}};
    picture::Pixels pixels{width, height, {}, width, height};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const auto& colour = kColours[(y * 2 >= height ? 2U : 0U) + (x * 2 >= width ? 1U : 0U)];
            pixels.rgb.insert(pixels.rgb.end(), colour.begin(), colour.end());
        }
    }
    return pixels;
}

struct JpegForm {
    int quality = 90;
    bool progressive = false;
    bool arithmetic = false;
    bool cmyk = false;
    bool grey = false;
};

/// Ends the test program where libjpeg fails, which is its default.
inline std::string to_jpeg(const picture::Pixels& pixels, const JpegForm& form = {})
{
    jpeg_compress_struct state{};
    jpeg_error_mgr errors{};
    state.err = jpeg_std_error(&errors);
    jpeg_create_compress(&state);
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&state, &bytes, &size);
    state.image_width = static_cast<JDIMENSION>(pixels.width);
    state.image_height = static_cast<JDIMENSION>(pixels.height);
    state.input_components = form.cmyk ? 4 : 3;
    state.in_color_space = form.cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&state);
    if (form.grey) jpeg_set_colorspace(&state, JCS_GRAYSCALE);
    jpeg_set_quality(&state, form.quality, TRUE);
    if (form.progressive) jpeg_simple_progression(&state);
    state.arith_code = form.arithmetic ? TRUE : FALSE;
    jpeg_start_compress(&state, TRUE);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(pixels.width * 4));
    const auto stride = static_cast<std::size_t>(pixels.width) * 3;
    while (state.next_scanline < state.image_height) {
        if (!form.cmyk) {
            std::copy_n(pixels.rgb.begin() +
                            static_cast<std::ptrdiff_t>(stride * state.next_scanline),
                        stride, row.begin());
        }
        JSAMPROW rows = row.data();
        jpeg_write_scanlines(&state, &rows, 1);
    }
    jpeg_finish_compress(&state);
    jpeg_destroy_compress(&state);
    std::string jpeg{reinterpret_cast<const char*>(bytes), size};
    std::free(bytes);
    return jpeg;
}

inline std::string to_png(const picture::Pixels& pixels)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(pixels.width);
    image.height = static_cast<png_uint_32>(pixels.height);
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string png(size, '\0');
    if (png_image_write_to_memory(&image, png.data(), &size, 0, pixels.rgb.data(), 0, nullptr) ==
        0) {
        throw std::runtime_error{image.message};
    }
    png.resize(size);
    return png;
}

inline std::string big_endian(std::uint32_t value, int bytes)
{
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
    return text;
}

/// A segment of a JPEG with its length.
inline std::string segment(unsigned char marker, std::string_view body)
{
    return std::string{'\xFF', static_cast<char>(marker)} +
           big_endian(static_cast<std::uint32_t>(body.size() + 2), 2) + std::string{body};
}

/// A TIFF structure that holds an orientation and nothing else.
inline std::string exif_with(unsigned orientation, bool is_big = true)
{
    const auto number = [&](std::uint32_t value, int bytes) {
        auto text = big_endian(value, bytes);
        if (!is_big) std::reverse(text.begin(), text.end());
        return text;
    };
    return (is_big ? "MM" : "II") + number(42, 2) + number(8, 4) + number(1, 2) +
           number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2) +
           number(0, 4);
}

inline std::string with_exif(const std::string& jpeg, std::string_view tiff)
{
    std::string body{"Exif\0\0", 6};
    body += tiff;
    return jpeg.substr(0, 2) + segment(0xE1, body) + jpeg.substr(2);
}

/// A chunk of a PNG; its checksum is right.
inline std::string chunk(std::string_view type, std::string_view data)
{
    const auto typed = std::string{type} + std::string{data};
    std::uint32_t crc = 0xFFFFFFFF;  // Source: PNG, third edition, annex D.
    for (const auto c : typed) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1U) != 0 ? 0xEDB88320U ^ crc >> 1U : crc >> 1U;
    }
    return big_endian(static_cast<std::uint32_t>(data.size()), 4) + typed +
           big_endian(crc ^ 0xFFFFFFFFU, 4);
}

/// Puts chunks behind a PNG's head.
inline std::string with_chunks(const std::string& png, std::string_view chunks)
{
    constexpr std::size_t kHead = 8 + 25;
    return png.substr(0, kHead) + std::string{chunks} + png.substr(kHead);
}

}  // namespace accessd::test
