#include "face_worker/pooled_analyst.h"

#include "support/hostile_pictures.h"
#include "support/probe_analyst.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace accessd::face_worker {
namespace {

using namespace accessd::test;

ErrorCode code_of(const Result<face::Analysis>& result)
{
    return result ? ErrorCode::Internal : result.error().code;
}

TEST(PooledAnalyst, AnalysesJpegAndPng)
{
    ProbeAnalyst made;
    for (const auto& image : {to_jpeg(quarters(64, 48)), to_png(quarters(64, 48))}) {
        const auto analysis = made.analyst.analyse(image, {});

        ASSERT_TRUE(analysis);
        EXPECT_EQ(analysis->width, 64);
        EXPECT_EQ(analysis->height, 48);
        EXPECT_EQ(analysis->issues, std::vector{face::Issue::NoFace});
    }
}

TEST(PooledAnalyst, RefusesHostilePicturesInTheWorkersWords)
{
    ProbeAnalyst made;
    for (const auto& hostile : hostile_pictures()) {
        const auto analysis = made.analyst.analyse(hostile.bytes, {});

        ASSERT_EQ(code_of(analysis), ErrorCode::InvalidImage) << hostile.name;
        EXPECT_NE(analysis.error().message.find(hostile.says), std::string::npos)
            << hostile.name << ": " << analysis.error().message;
    }
    EXPECT_TRUE(made.analyst.analyse(to_png(quarters(8, 8)), {})) << "no worker was lost";
}

TEST(PooledAnalyst, LetsAPictureCostOneWorkerAndNoSecond)
{
    ProbeAnalyst made;
    const auto image = trap(kTrapCrash);

    const auto first = made.analyst.analyse(image, {});
    const auto second = made.analyst.analyse(image, {});

    EXPECT_EQ(code_of(first), ErrorCode::BiometricsUnavailable);
    EXPECT_EQ(first.error().retry_after, std::chrono::seconds{1});
    EXPECT_EQ(code_of(second), ErrorCode::FaceRejected);
    EXPECT_EQ(code_of(made.analyst.analyse(trap(kTrapCrash, 1), {})),
              ErrorCode::BiometricsUnavailable)
        << "another picture";
    EXPECT_TRUE(made.analyst.analyse(to_png(quarters(8, 8)), {}));
}

TEST(PooledAnalyst, AnalysesFramesInOrder)
{
    ProbeAnalyst made;
    const std::vector<std::string> frames{to_png(quarters(10, 10)), to_png(quarters(20, 10)),
                                          to_png(quarters(30, 10))};

    const auto all = made.analyst.analyse_all(frames, {});

    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ(all->at(0).width, 10);
    EXPECT_EQ(all->at(2).width, 30);
}

TEST(PooledAnalyst, NamesTheFrameAtFault)
{
    ProbeAnalyst made;
    const auto good = to_png(quarters(10, 10));
    const std::vector<std::string> broken{good, good, good.substr(0, 100)};
    const std::vector<std::string> crashing{good, trap(kTrapCrash), good};

    const auto refused = made.analyst.analyse_all(broken, {});
    const auto lost = made.analyst.analyse_all(crashing, {});
    const auto again = made.analyst.analyse_all(crashing, {});

    ASSERT_FALSE(refused || lost || again);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidImage);
    EXPECT_EQ(std::get<std::int64_t>(refused.error().details.at(0).second), 2);
    EXPECT_EQ(lost.error().code, ErrorCode::BiometricsUnavailable);
    EXPECT_EQ(again.error().code, ErrorCode::FaceRejected) << "only the one at fault is remembered";
    EXPECT_TRUE(made.analyst.analyse(good, {}));
}

TEST(PooledAnalyst, FailsOnlyWhatAttacksUnderLoad)
{
    auto settings = probe_settings();
    settings.places = 16;
    settings.request_time = std::chrono::seconds{2};
    ProbeAnalyst made{settings};
    const auto good = to_jpeg(quarters(640, 480));
    std::atomic<int> answered{0};
    std::atomic<int> unavailable{0};
    {
        std::vector<std::jthread> callers;
        for (int caller = 0; caller < 6; ++caller) {
            callers.emplace_back([&] {
                for (int i = 0; i < 20; ++i) {
                    if (made.analyst.analyse(good, {})) ++answered;
                }
            });
        }
        for (const auto what : {kTrapCrash, kTrapHang, kTrapBomb}) {
            callers.emplace_back([&, what] {
                for (std::uint8_t i = 0; i < 2; ++i) {
                    const auto result = made.analyst.analyse(trap(what, i), {});
                    if (code_of(result) == ErrorCode::BiometricsUnavailable) ++unavailable;
                }
            });
        }
    }
    EXPECT_EQ(answered, 6 * 20);
    EXPECT_EQ(unavailable, 6);
}

TEST(PooledAnalyst, SaysWhyItIsOff)
{
    ProbeAnalyst made{probe_settings("broken")};
    const auto result = made.analyst.analyse(to_png(quarters(8, 8)), {});

    EXPECT_EQ(code_of(result), ErrorCode::BiometricsUnavailable);
    EXPECT_TRUE(result.error().retry_after);
    EXPECT_FALSE(made.analyst.availability().is_on);
}

TEST(BadPictures, AreForgottenAfterAnHourAndBeyondAThousand)
{
    BadPictures pictures;
    const BadPictures::Time now{};
    pictures.add("first", now);

    EXPECT_TRUE(pictures.contains("first", now + std::chrono::minutes{59}));
    EXPECT_FALSE(pictures.contains("first", now + std::chrono::minutes{60}));
    EXPECT_TRUE(pictures.is_empty());

    for (std::size_t i = 0; i <= BadPictures::kMax; ++i) pictures.add(std::to_string(i), now);
    EXPECT_FALSE(pictures.contains("0", now));
    EXPECT_TRUE(pictures.contains("1", now));
}

}  // namespace
}  // namespace accessd::face_worker
