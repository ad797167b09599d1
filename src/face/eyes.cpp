#include "face/eyes.h"

#include "face/geometry.h"
#include "face/raster.h"

#include <algorithm>
#include <cmath>

namespace accessd::face {
namespace {

constexpr int kSide = 24;
/// Of an open eye, deviation of brightness by its mean.
constexpr float kUsualContrast = 0.35F;

struct EyePlaces {
    std::size_t outer;
    std::size_t inner;
    std::size_t upper;
    std::size_t lower;
};
constexpr EyePlaces kRight{33, 133, 159, 145};
constexpr EyePlaces kLeft{263, 362, 386, 374};

/// How much the brightness varies between the lids, away from lashes and corners.
float contrast(const Picture& picture, const std::vector<Point3>& mesh, const EyePlaces& places)
{
    const Point outer = flat(mesh[places.outer]);
    const Point inner = flat(mesh[places.inner]);
    const Point upper = flat(mesh[places.upper]);
    const Point lower = flat(mesh[places.lower]);
    const Point along = inner - outer;
    const float side = std::max(length(along) * 0.6F, 2.0F);
    const float half_height = length(lower - upper) * 0.3F;
    const auto square =
        crop(picture, crop_of((upper + lower) * 0.5F, side, std::atan2(along.y, along.x), kSide),
             kSide, kSide);
    const auto cells = grey(square, kSide, kSide);
    const auto rows = std::clamp(static_cast<int>(half_height / side * kSide), 1, kSide / 2);
    double sum = 0, squares = 0;
    int count = 0;
    for (int y = kSide / 2 - rows; y < kSide / 2 + rows; ++y) {
        for (int x = 0; x < kSide; ++x, ++count) {
            const double value = cells[static_cast<std::size_t>(y * kSide + x)];
            sum += value;
            squares += value * value;
        }
    }
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(squares / count - mean * mean, 0.0));
    return static_cast<float>(deviation / std::max(mean, 8.0));
}

}  // namespace

void weigh_openings(const Picture& picture, Measures& measures)
{
    const auto weight = [&](const EyePlaces& places) {
        return std::clamp(contrast(picture, measures.mesh, places) / kUsualContrast, 0.3F, 1.2F);
    };
    measures.right_eye_open *= weight(kRight);
    measures.left_eye_open *= weight(kLeft);
}

}  // namespace accessd::face
