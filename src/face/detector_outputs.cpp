#include "face/detector_outputs.h"

#include "face/geometry.h"

#include <algorithm>
#include <cmath>

namespace accessd::face {
namespace {

constexpr std::size_t kBlazeFaceRow = 16;
constexpr std::size_t kYunetBox = 4;
constexpr std::size_t kYunetPlaces = 10;
/// Ears beyond the eyes, by the distance of these.
constexpr float kToEar = 0.5F;
/// Beyond it a box is nonsense, and its exponential no number.
constexpr float kLogSizeMax = 10;

Error other_shape()
{
    return Error{ErrorCode::Internal, "the detector gives outputs of another shape"};
}

Box around(Point centre, float width, float height)
{
    return {centre.x - width / 2, centre.y - height / 2, width, height};
}

}  // namespace

Result<std::vector<Face>> faces_of_blazeface(std::span<const float> scores,
                                             std::span<const float> boxes, const DetectorGrid& grid,
                                             int side, float score_min)
{
    // Source: MediaPipe's ssd_anchors_calculator. Anchors have one size; a row is relative to its anchor.
    const auto expected = static_cast<std::size_t>(grid.cells * grid.cells * grid.anchors);
    if (scores.size() != expected || boxes.size() != expected * kBlazeFaceRow) return other_shape();
    const float stride = static_cast<float>(side) / static_cast<float>(grid.cells);
    std::vector<Face> found;
    for (std::size_t i = 0; i < expected; ++i) {
        const float score = 1 / (1 + std::exp(-std::clamp(scores[i], -100.0F, 100.0F)));
        if (!(score >= score_min)) continue;
        const int cell = static_cast<int>(i) / grid.anchors;
        const Point anchor{(static_cast<float>(cell % grid.cells) + 0.5F) * stride,
                           (static_cast<float>(cell / grid.cells) + 0.5F) * stride};
        const auto row = boxes.subspan(i * kBlazeFaceRow, kBlazeFaceRow);
        const auto place = [&](std::size_t at) { return anchor + Point{row[at], row[at + 1]}; };
        found.push_back({around(place(0), row[2], row[3]),
                         {place(4), place(6), place(8), place(10), place(12), place(14)},
                         score});
    }
    return found;
}

Result<std::vector<Face>> faces_of_yunet(const YunetGrid& grid, int stride, int side,
                                         float score_min)
{
    // Source: OpenCV's FaceDetectorYN, of the model of 2023.
    const int cells = side / stride;
    const auto expected = static_cast<std::size_t>(cells * cells);
    const bool is_whole = grid.classes.size() == expected && grid.objects.size() == expected &&
                          grid.boxes.size() == expected * kYunetBox &&
                          grid.places.size() == expected * kYunetPlaces;
    if (!is_whole) return other_shape();
    const auto pixels = static_cast<float>(stride);
    std::vector<Face> found;
    for (std::size_t i = 0; i < expected; ++i) {
        const float score = std::sqrt(std::clamp(grid.classes[i], 0.0F, 1.0F) *
                                      std::clamp(grid.objects[i], 0.0F, 1.0F));
        if (!(score >= score_min)) continue;
        const int cell = static_cast<int>(i);
        const auto from_cell = [&](float x, float y) {
            return Point{(static_cast<float>(cell % cells) + x) * pixels,
                         (static_cast<float>(cell / cells) + y) * pixels};
        };
        const auto box = grid.boxes.subspan(i * kYunetBox, kYunetBox);
        const auto places = grid.places.subspan(i * kYunetPlaces, kYunetPlaces);
        const auto place = [&](std::size_t at) {
            return from_cell(places[2 * at], places[2 * at + 1]);
        };
        const float longer = std::exp(std::min(std::max(box[2], box[3]), kLogSizeMax)) * pixels;
        const Point right = place(0), left = place(1);
        found.push_back({around(from_cell(box[0], box[1]), longer, longer),
                         {right, left, place(2), (place(3) + place(4)) * 0.5F,
                          right + (right - left) * kToEar, left + (left - right) * kToEar},
                         score});
    }
    return found;
}

}  // namespace accessd::face
