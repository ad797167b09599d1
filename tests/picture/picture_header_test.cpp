#include "picture/picture_header.h"

#include "support/hostile_pictures.h"

#include <gtest/gtest.h>

#include <chrono>

namespace accessd::picture {
namespace {

using namespace accessd::test;

TEST(PictureHeader, ReadsWhatAPictureSaysOfItself)
{
    const auto jpeg = read_header(to_jpeg(quarters(64, 48))).value();
    const auto png = read_header(to_png(quarters(31, 17))).value();

    EXPECT_EQ(jpeg.format, Format::Jpeg);
    EXPECT_EQ(jpeg.width, 64);
    EXPECT_EQ(jpeg.height, 48);
    EXPECT_EQ(jpeg.scans, 1);
    EXPECT_EQ(jpeg.orientation, 1);
    EXPECT_EQ(png.format, Format::Png);
    EXPECT_EQ(png.width, 31);
    EXPECT_EQ(png.height, 17);
}

TEST(PictureHeader, CountsScans)
{
    EXPECT_EQ(read_header(to_jpeg(quarters(64, 48), {.progressive = true})).value().scans, 10);
}

TEST(PictureHeader, TakesPicturesOfTheLargestSize)
{
    const auto jpeg = with_jpeg_size(to_jpeg(quarters(64, 48)), 4000, 4000);

    EXPECT_EQ(read_header(jpeg).value().width, 4000);
}

TEST(PictureHeader, RefusesHostilePicturesAndSaysWhy)
{
    for (const auto& hostile : hostile_pictures()) {
        const auto read = read_header(hostile.bytes);

        ASSERT_FALSE(read) << hostile.name;
        EXPECT_EQ(read.error().code, ErrorCode::InvalidImage) << hostile.name;
        EXPECT_NE(read.error().message.find(hostile.says), std::string::npos)
            << hostile.name << ": " << read.error().message;
    }
}

TEST(PictureHeader, RefusesInMilliseconds)
{
    std::vector<HostilePicture> slow = hostile_pictures();
    const auto jpeg = to_jpeg(quarters(64, 48));
    std::string stuffed = jpeg.substr(0, jpeg.size() - 2);
    while (stuffed.size() < 6U * 1024 * 1024 - 2) stuffed += std::string{"\xFF\0", 2};
    slow.push_back({"jpeg_of_stuffed_bytes", stuffed, "cut short"});
    for (const auto& hostile : slow) {
        auto fastest = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 3; ++i) {  // The machine may have been elsewhere the first time.
            const auto start = std::chrono::steady_clock::now();
            EXPECT_FALSE(read_header(hostile.bytes)) << hostile.name;
            fastest = std::min(fastest, std::chrono::steady_clock::now() - start);
        }
        EXPECT_LT(fastest, std::chrono::milliseconds{100}) << hostile.name;
    }
}

TEST(PictureHeader, ReadsTheOrientation)
{
    const auto jpeg = to_jpeg(quarters(64, 48));
    const auto png = to_png(quarters(64, 48));
    for (unsigned orientation = 1; orientation <= 8; ++orientation) {
        for (const bool is_big : {false, true}) {
            const auto exif = exif_with(orientation, is_big);
            const auto expected = static_cast<int>(orientation);

            EXPECT_EQ(read_header(with_exif(jpeg, exif)).value().orientation, expected);
            EXPECT_EQ(read_header(with_chunks(png, chunk("eXIf", exif))).value().orientation,
                      expected);
        }
    }
}

TEST(PictureHeader, TakesBrokenExifForUpright)
{
    const auto jpeg = to_jpeg(quarters(64, 48));
    const auto sound = exif_with(6);
    std::vector<std::string> broken{"", "M", "XX", exif_with(0), exif_with(9), exif_with(65535)};
    for (std::size_t i = 0; i < sound.size() - 6; ++i) broken.push_back(sound.substr(0, i));
    auto far = sound;
    far.replace(4, 4, "\xFF\xFF\xFF\xFF");
    auto many = sound;
    many.replace(8, 2, "\xFF\xFF");
    many.replace(10, 2, "\x01\x13");  // Another tag: the walk runs out of bytes.
    broken.push_back(far);
    broken.push_back(many);
    for (const auto& exif : broken) {
        EXPECT_EQ(read_header(with_exif(jpeg, exif)).value().orientation, 1);
    }
}

TEST(PictureHeader, IgnoresWhatCamerasAppend)
{
    const auto jpeg = to_jpeg(quarters(64, 48)) + "MotionPhoto_Data" + std::string(1000, '\xFF');

    EXPECT_TRUE(read_header(jpeg));
}

TEST(PictureHeader, SurvivesEveryCut)
{
    for (const auto& whole :
         {with_exif(to_jpeg(quarters(16, 16), {.progressive = true}), exif_with(6)),
          with_chunks(to_png(quarters(16, 16)), chunk("eXIf", exif_with(6)))}) {
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::vector<char> exact{whole.begin(),
                                          whole.begin() + static_cast<std::ptrdiff_t>(length)};
            EXPECT_FALSE(read_header({exact.data(), exact.size()})) << length;
        }
    }
}

}  // namespace
}  // namespace accessd::picture
