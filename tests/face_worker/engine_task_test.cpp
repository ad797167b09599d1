#include "face_worker/pooled_analyst.h"

#include "face_worker/sandbox.h"
#include "support/probe_analyst.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace accessd::face_worker {
namespace {

using namespace accessd::test;

const std::string kModels = ACCESSD_SOURCE_DIR "/build/models";
constexpr face::Wanted kEverything{face::Purpose::Detect, true, true, true, true};

FacePoolSettings engine_settings()
{
    auto settings = probe_settings("engine");
    settings.command.arguments.push_back(kModels);
    settings.command.memory_bytes = kIsSanitized ? 8LL << 30 : 1LL << 30;
    settings.workers = 1;
    settings.wait = std::chrono::seconds{60};
    return settings;
}

std::string sample(int number)
{
    std::ifstream file{kModels + "/samples/sample" + std::to_string(number) + ".jpg",
                       std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The real engine inside the sandbox: whatever a library still wanted of the system would end the worker.
class EngineTaskTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(std::filesystem::exists(kModels + "/models.json"))
            << "these tests need the face models: tools/models/fetch brings them";
    }
    void TearDown() override
    {
        EXPECT_EQ(made_.metrics.render().find("accessd_face_workers_lost_total"),
                  std::string::npos);
    }

    ProbeAnalyst made_{engine_settings()};
};

TEST_F(EngineTaskTest, FindsFacesInEverySample)
{
    for (int number = 1; number <= 6; ++number) {
        const auto analysis = made_.analyst.analyse(sample(number), kEverything);

        ASSERT_TRUE(analysis) << number << ": " << analysis.error().detail;
        EXPECT_FALSE(analysis->faces.empty()) << number;
        ASSERT_TRUE(analysis->measures && analysis->embedding && analysis->fingerprint) << number;
        EXPECT_EQ(analysis->measures->mesh.size(), std::size_t{face::kMeshPoints});
        EXPECT_EQ(analysis->embedding->model, made_.analyst.availability().model);
    }
}

TEST_F(EngineTaskTest, NamesPlacesInThePictureThatWasSent)
{
    const auto whole = picture::decode(sample(1)).value();
    const auto first = made_.analyst.analyse(to_png(whole), kEverything);
    picture::Pixels large{whole.width * 2, whole.height * 2, {}, 0, 0};
    for (int y = 0; y < large.height; ++y) {
        for (int x = 0; x < large.width; ++x) {
            const auto at = static_cast<std::ptrdiff_t>((y / 2 * whole.width + x / 2) * 3);
            large.rgb.insert(large.rgb.end(), whole.rgb.begin() + at, whole.rgb.begin() + at + 3);
        }
    }

    const auto second = made_.analyst.analyse(to_jpeg(large), kEverything);

    ASSERT_TRUE(first && second) << (second ? "" : second.error().message);
    EXPECT_EQ(second->width, large.width);
    EXPECT_EQ(second->height, large.height);
    const auto& small_box = first->faces.at(0).box;
    const auto& large_box = second->faces.at(0).box;
    EXPECT_NEAR(large_box.x / 2, small_box.x, 10);
    EXPECT_NEAR(large_box.width / 2, small_box.width, 10);
    EXPECT_NEAR(second->measures->eye_distance / 2, first->measures->eye_distance, 4);
}

TEST_F(EngineTaskTest, TurnsPicturesUprightBeforeItLooks)
{
    // Stored lying on its side, as a phone does; orientation 8 says how it was held.
    const auto whole = picture::decode(sample(1)).value();
    picture::Pixels lying{whole.height, whole.width, {}, 0, 0};
    for (int y = 0; y < lying.height; ++y) {
        for (int x = 0; x < lying.width; ++x) {
            const auto at =
                static_cast<std::ptrdiff_t>(((whole.height - 1 - x) * whole.width + y) * 3);
            lying.rgb.insert(lying.rgb.end(), whole.rgb.begin() + at, whole.rgb.begin() + at + 3);
        }
    }
    const auto upright = made_.analyst.analyse(to_png(whole), kEverything);

    const auto turned = made_.analyst.analyse(
        with_exif(to_jpeg(lying, {.quality = 98}), exif_with(8)), kEverything);

    ASSERT_TRUE(upright && turned);
    EXPECT_EQ(turned->width, whole.width);
    EXPECT_EQ(turned->faces.size(), upright->faces.size());
    EXPECT_NEAR(turned->faces.at(0).box.x, upright->faces.at(0).box.x, 5);
    EXPECT_NEAR(turned->faces.at(0).box.y, upright->faces.at(0).box.y, 5);
}

TEST_F(EngineTaskTest, HasRoomForTheLargestPictures)
{
    const auto large = quarters(4000, 4000);
    for (const auto& image :
         {to_png(large), with_chunks(to_png(large), chunk("eXIf", exif_with(6))),
          to_jpeg(large, {.progressive = true}), with_exif(to_jpeg(large), exif_with(6))}) {
        const auto analysis = made_.analyst.analyse(image, kEverything);

        ASSERT_TRUE(analysis) << analysis.error().detail << analysis.error().message;
        EXPECT_EQ(analysis->width, 4000);
    }
}

TEST_F(EngineTaskTest, StaysWithinItsMemory)
{
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(made_.analyst.analyse(sample(1 + i % 6), kEverything));
    }
    const auto text = made_.metrics.render();
    const std::string name = "\naccessd_face_worker_memory_bytes ";
    const auto bytes = std::stod(text.substr(text.find(name) + name.size()));
    EXPECT_TRUE(kIsSanitized || bytes < 350e6) << bytes;
}

}  // namespace
}  // namespace accessd::face_worker
