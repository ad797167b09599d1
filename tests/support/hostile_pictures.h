#pragma once

#include "support/pictures.h"

#include <string>
#include <vector>

namespace accessd::test {

/// A picture that must be refused before a pixel is decoded.
struct HostilePicture {
    std::string name;
    std::string bytes;
    std::string says;  ///< Part of the sentence of the refusal.
};

/// Names its width and height anew; `at` is the place of the first of four bytes.
inline std::string with_jpeg_size(std::string jpeg, unsigned width, unsigned height)
{
    const auto frame = std::min(jpeg.find("\xFF\xC0"), jpeg.find("\xFF\xC2"));
    return jpeg.replace(frame + 5, 4, big_endian(height, 2) + big_endian(width, 2));
}

/// The last scan of a progressive JPEG over and over: each costs a decoder a pass over all pixels.
inline std::string with_more_scans(const std::string& progressive, int count)
{
    const auto last = progressive.rfind("\xFF\xDA");
    const auto scan = progressive.substr(last, progressive.size() - 2 - last);
    std::string jpeg = progressive.substr(0, progressive.size() - 2);
    for (int i = 0; i < count; ++i) jpeg += scan;
    return jpeg + "\xFF\xD9";
}

inline std::string png_head(std::uint32_t width, std::uint32_t height, std::string_view kind)
{
    return std::string{"\x89PNG\r\n\x1A\n"} +
           chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) + std::string{kind});
}

inline std::vector<HostilePicture> hostile_jpegs()
{
    const auto jpeg = to_jpeg(quarters(64, 48));
    const auto progressive = to_jpeg(quarters(64, 48), {.progressive = true});
    std::string parts;
    for (int i = 0; i < 1500; ++i) parts += segment(0xFE, "x");
    const auto frame = jpeg.find("\xFF\xC0");
    const auto frame_end = frame + 2 + 17;
    const auto twice = jpeg.substr(0, frame_end) + jpeg.substr(frame, 19) + jpeg.substr(frame_end);
    auto deep = jpeg;
    deep[frame + 4] = 12;
    auto hierarchical = jpeg;
    hierarchical[frame + 1] = '\xC5';
    auto sampled = jpeg;
    sampled[frame + 11] = '\x9F';
    return {
        {"jpeg_65535_by_65535", with_jpeg_size(jpeg, 65535, 65535), "16 megapixels"},
        {"jpeg_just_too_large", with_jpeg_size(jpeg, 4001, 4000), "16 megapixels"},
        {"jpeg_of_no_width", with_jpeg_size(jpeg, 0, 48), "no width"},
        {"jpeg_of_no_height", with_jpeg_size(jpeg, 64, 0), "no height"},
        {"jpeg_of_25_scans", with_more_scans(progressive, 20), "too many passes"},
        {"jpeg_of_5000_scans", with_more_scans(progressive, 5000), "too many"},
        {"jpeg_of_1500_comments", jpeg.substr(0, 2) + parts + jpeg.substr(2), "too many parts"},
        {"jpeg_cut_in_its_pixels", jpeg.substr(0, jpeg.size() - 20), "cut short"},
        {"jpeg_cut_in_its_tables", jpeg.substr(0, 100), "cut short"},
        {"jpeg_start_alone", jpeg.substr(0, 3), "cut short"},
        {"jpeg_of_fill_bytes", jpeg.substr(0, 2) + std::string(100'000, '\xFF'), "cut short"},
        {"jpeg_with_two_frames", twice, "broken"},
        {"jpeg_in_a_jpeg", jpeg.substr(0, frame) + jpeg + jpeg.substr(frame), "broken"},
        {"jpeg_of_12_bits", deep, "unusual"},
        {"jpeg_hierarchical", hierarchical, "unusual"},
        {"jpeg_sampled_15_times", sampled, "unusual"},
        {"jpeg_arithmetic", to_jpeg(quarters(64, 48), {.arithmetic = true}), "unusual"},
        {"jpeg_cmyk", to_jpeg(quarters(64, 48), {.cmyk = true}), "CMYK"},
        {"jpeg_without_pixels", jpeg.substr(0, frame_end) + "\xFF\xD9", "no pixels"},
    };
}

inline std::vector<HostilePicture> hostile_pngs()
{
    const auto png = to_png(quarters(64, 48));
    const std::string rgb{"\x08\x02\x00\x00\x00", 5};
    std::string parts;
    for (int i = 0; i < 1500; ++i) parts += chunk("tEXt", "x");
    std::string pixel_chunks;
    for (int i = 0; i < 20'000; ++i) pixel_chunks += chunk("IDAT", "");
    const std::string large_text = chunk("zTXt", std::string(2'000'000, 'x'));
    return {
        {"png_of_four_thousand_million",
         png_head(0x7FFFFFFF, 0x7FFFFFFF, rgb) + chunk("IDAT", "") + chunk("IEND", ""),
         "16 megapixels"},
        {"png_just_too_large", png_head(4001, 4000, rgb) + chunk("IDAT", "") + chunk("IEND", ""),
         "16 megapixels"},
        {"png_of_no_width", png_head(0, 48, rgb) + chunk("IDAT", "") + chunk("IEND", ""),
         "no width"},
        {"png_that_unpacks_to_128_mb",
         png_head(4000, 4000, std::string{"\x10\x06\x00\x00\x00", 5}) + chunk("IDAT", "") +
             chunk("IEND", ""),
         "unpacks to too much"},
        {"png_with_a_huge_text", with_chunks(png, large_text), "too much beside"},
        {"png_of_1500_texts", with_chunks(png, parts), "too many parts"},
        {"png_of_20000_empty_chunks", with_chunks(png, pixel_chunks), "too many parts"},
        {"png_cut_in_its_pixels", png.substr(0, png.size() - 30), "cut short"},
        {"png_without_end", png.substr(0, png.size() - 12), "cut short"},
        {"png_signature_alone", png.substr(0, 8), "cut short"},
        {"png_without_pixels", png.substr(0, 33) + chunk("IEND", ""), "no pixels"},
        {"png_chunk_longer_than_the_file", with_chunks(png, "\x7F\xFF\xFF\xFFtEXt"), "cut short"},
        {"png_chunk_of_negative_length", with_chunks(png, "\xFF\xFF\xFF\xFFtEXt"), "broken"},
        {"png_with_two_heads", with_chunks(png, png.substr(8, 25)), "broken"},
        {"png_of_3_bits",
         png_head(64, 48, std::string{"\x03\x02\x00\x00\x00", 5}) + chunk("IDAT", "") +
             chunk("IEND", ""),
         "broken"},
    };
}

inline std::vector<HostilePicture> other_files()
{
    return {
        {"nothing", "", "empty"},
        {"text", "hello", "neither"},
        {"gif", "GIF89a\x01", "neither"},
        {"svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "neither"},
        {"heic",
         std::string{"\0\0\0\x18"
                     "ftypheic",
                     12},
         "neither"},
        {"jpeg_behind_a_zip", "PK\x03\x04" + to_jpeg(quarters(8, 8)), "neither"},
        {"seven_mib", std::string(7U * 1024 * 1024, 'x'), "6 MiB"},
    };
}

inline std::vector<HostilePicture> hostile_pictures()
{
    auto all = hostile_jpegs();
    for (auto& more : {hostile_pngs(), other_files()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace accessd::test
