#include "picture/decode.h"

#include "support/hostile_pictures.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace accessd::picture {
namespace {

using namespace accessd::test;

/// The four quarters by name, row by row: "rgbw" for a picture made by quarters().
std::string corners(const Pixels& pixels)
{
    std::string names;
    for (const int y : {pixels.height / 8, pixels.height * 7 / 8}) {
        for (const int x : {pixels.width / 8, pixels.width * 7 / 8}) {
            const auto* at = pixels.rgb.data() + (y * pixels.width + x) * 3;
            const bool red = at[0] > 128;
            const bool green = at[1] > 128;
            const bool blue = at[2] > 128;
            names += red && green && blue ? 'w' : red ? 'r' : green ? 'g' : blue ? 'b' : '-';
        }
    }
    return names;
}

TEST(Decode, ReadsPixels)
{
    for (const auto& image :
         {to_jpeg(quarters(64, 48)), to_jpeg(quarters(64, 48), {.progressive = true}),
          to_png(quarters(64, 48))}) {
        const auto pixels = decode(image).value();

        EXPECT_EQ(pixels.width, 64);
        EXPECT_EQ(pixels.height, 48);
        EXPECT_EQ(pixels.full_width, 64);
        EXPECT_EQ(pixels.rgb.size(), 64U * 48 * 3);
        EXPECT_EQ(corners(pixels), "rgbw");
    }
}

TEST(Decode, MakesRgbOfGrey)
{
    const auto pixels = decode(to_jpeg(quarters(64, 48), {.grey = true})).value();

    EXPECT_EQ(pixels.rgb.size(), 64U * 48 * 3);
    EXPECT_EQ(pixels.rgb[0], pixels.rgb[1]);
    EXPECT_EQ(pixels.rgb[0], pixels.rgb[2]);
}

TEST(Decode, TurnsPicturesUpright)
{
    // What a person sees of a stored "rgbw".
    // Source: EXIF 2.3, 4.6.4 A, orientation: which row and column are the seen top and left.
    constexpr std::array<std::string_view, 8> kUpright{"rgbw", "grwb", "wbgr", "bwrg",
                                                       "rbgw", "brwg", "wgbr", "gwrb"};
    for (unsigned orientation = 1; orientation <= 8; ++orientation) {
        const auto exif = exif_with(orientation);
        const auto jpeg = with_exif(to_jpeg(quarters(64, 48)), exif);
        const auto png = with_chunks(to_png(quarters(64, 48)), chunk("eXIf", exif));
        for (const auto& image : {jpeg, png}) {
            const auto pixels = decode(image).value();

            EXPECT_EQ(corners(pixels), kUpright[orientation - 1]) << orientation;
            EXPECT_EQ(pixels.width, orientation < 5 ? 64 : 48) << orientation;
            EXPECT_EQ(pixels.height, orientation < 5 ? 48 : 64) << orientation;
            EXPECT_EQ(pixels.full_width, pixels.width) << orientation;
        }
    }
}

TEST(Decode, MakesLargePhotographsSmaller)
{
    const auto pixels =
        decode(with_exif(to_jpeg(quarters(4000, 3000), {.quality = 50}), exif_with(6))).value();

    EXPECT_EQ(pixels.width, 1500);
    EXPECT_EQ(pixels.height, 2000);
    EXPECT_EQ(pixels.full_width, 3000);
    EXPECT_EQ(pixels.full_height, 4000);
    EXPECT_EQ(corners(pixels), "brwg");
}

TEST(Decode, RefusesHostilePictures)
{
    for (const auto& hostile : hostile_pictures()) {
        const auto decoded = decode(hostile.bytes);

        ASSERT_FALSE(decoded) << hostile.name;
        EXPECT_EQ(decoded.error().code, ErrorCode::InvalidImage) << hostile.name;
    }
}

TEST(Decode, RefusesPixelsThatAreGuessed)
{
    auto noise = quarters(64, 48);
    for (auto& value : noise.rgb) value = static_cast<std::uint8_t>(std::rand());
    const auto jpeg = to_jpeg(noise);
    const auto png = to_png(noise);
    const auto short_jpeg = jpeg.substr(0, jpeg.size() / 2) + "\xFF\xD9";  // Ends as it should.
    auto wrong_checksum = png;
    wrong_checksum[png.size() / 2] = static_cast<char>(png[png.size() / 2] ^ 0x55);
    const auto less = png.substr(0, 33) + chunk("IDAT", png.substr(41, 500)) + chunk("IEND", "");

    ASSERT_TRUE(read_header(short_jpeg));
    const std::array<std::pair<std::string_view, std::string>, 3> images{
        {{"short jpeg", short_jpeg}, {"wrong checksum", wrong_checksum}, {"too little", less}}};
    for (const auto& [name, image] : images) {
        const auto decoded = decode(image);

        ASSERT_FALSE(decoded) << name;
        EXPECT_NE(decoded.error().message.find("broken"), std::string::npos);
    }
}

TEST(Decode, NeverShowsTextsToTheDecoder)
{
    // A profile whose packed bytes are junk: libpng would unpack it.
    const auto png =
        with_chunks(to_png(quarters(64, 48)),
                    chunk("iCCP", std::string{"x\0\0junk", 7}) + chunk("zTXt", "junk"));

    EXPECT_EQ(corners(decode(png).value()), "rgbw");
}

}  // namespace
}  // namespace accessd::picture
