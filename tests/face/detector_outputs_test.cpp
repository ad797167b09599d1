#include "face/detector_outputs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace accessd::face {
namespace {

/// What a YuNet of 64 pixels says of a grid of 8 x 8 cells: nothing, until it is told.
class YunetTest : public testing::Test {
protected:
    static constexpr int kCells = 8;
    static constexpr std::size_t kCount = std::size_t{kCells} * kCells;

    void put(std::size_t cell, float score)
    {
        classes_[cell] = score;
        objects_[cell] = score;
        const std::array<float, 4> box{0.5F, 0.25F, std::log(2.0F), std::log(4.0F)};
        const std::array<float, 10> places{-1, 0, 1, 0, 0, 1, -0.5F, 2, 0.5F, 2};
        std::copy(box.begin(), box.end(), boxes_.begin() + static_cast<std::ptrdiff_t>(cell) * 4);
        std::copy(places.begin(), places.end(),
                  places_.begin() + static_cast<std::ptrdiff_t>(cell) * 10);
    }
    Result<std::vector<Face>> read(float score_min = 0.5F) const
    {
        return faces_of_yunet({classes_, objects_, boxes_, places_}, 8, 64, score_min);
    }

    std::vector<float> classes_ = std::vector<float>(kCount);
    std::vector<float> objects_ = std::vector<float>(kCount);
    std::vector<float> boxes_ = std::vector<float>(kCount * 4);
    std::vector<float> places_ = std::vector<float>(kCount * 10);
};

TEST_F(YunetTest, SaysWhereAFaceIs)
{
    put(3 * kCells + 2, 0.9F);  // The third cell of the fourth row begins at (16, 24).

    const auto faces = read().value();

    ASSERT_EQ(faces.size(), 1U);
    const auto& face = faces[0];
    EXPECT_NEAR(face.score, 0.9, 1e-6);
    EXPECT_NEAR(face.box.width, 32, 1e-3) << "four cells high, as a square";
    EXPECT_NEAR(face.box.height, 32, 1e-3);
    EXPECT_NEAR(face.box.x + face.box.width / 2, 20, 1e-3);
    EXPECT_NEAR(face.box.y + face.box.height / 2, 26, 1e-3);
    EXPECT_NEAR(face.points.right_eye.x, 8, 1e-3);
    EXPECT_NEAR(face.points.left_eye.x, 24, 1e-3);
    EXPECT_NEAR(face.points.nose.y, 32, 1e-3);
    EXPECT_NEAR(face.points.mouth.x, 16, 1e-3);
    EXPECT_NEAR(face.points.mouth.y, 40, 1e-3);
    EXPECT_NEAR(face.points.right_ear.x, 0, 1e-3);
    EXPECT_NEAR(face.points.left_ear.x, 32, 1e-3);
}

TEST_F(YunetTest, IsSureOfAFaceByBothOfItsScores)
{
    put(0, 0.9F);
    objects_[0] = 0.1F;
    put(1, 0.7F);
    put(2, std::numeric_limits<float>::quiet_NaN());

    EXPECT_EQ(read(0.5F).value().size(), 1U);
    EXPECT_EQ(read(0.8F).value().size(), 0U);
}

TEST_F(YunetTest, IsRefusedWithOutputsOfAnotherShape)
{
    boxes_.pop_back();

    EXPECT_EQ(read().error().code, ErrorCode::Internal);
    EXPECT_FALSE(faces_of_yunet({}, 8, 64, 0.5F));
}

TEST(BlazeFace, SaysWhereAFaceIsFromTheMiddleOfItsCell)
{
    const DetectorGrid grid{2, 1, "scores", "boxes"};
    std::vector<float> boxes(4 * 16);
    boxes[3 * 16 + 2] = boxes[3 * 16 + 3] = 10;  // A square of 10 around the middle.
    boxes[3 * 16 + 4] = -2;

    const auto faces =
        faces_of_blazeface(std::vector<float>{-5, -5, -5, 3}, boxes, grid, 64, 0.5F).value();

    ASSERT_EQ(faces.size(), 1U);
    EXPECT_NEAR(faces[0].score, 1 / (1 + std::exp(-3.0)), 1e-6);
    EXPECT_NEAR(faces[0].box.x, 43, 1e-3);
    EXPECT_NEAR(faces[0].points.right_eye.x, 46, 1e-3);
    EXPECT_NEAR(faces[0].points.nose.y, 48, 1e-3);
    EXPECT_FALSE(faces_of_blazeface(std::vector<float>{1}, boxes, grid, 64, 0.5F));
}

}  // namespace
}  // namespace accessd::face
