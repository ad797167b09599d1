#include "face/detector.h"

#include "face/raster.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace accessd::face {
namespace {

// Source of the decoding: MediaPipe's back-camera BlazeFace, ssd_anchors_calculator. Two grids of anchors of
// one size; a row gives box and points relative to its anchor, in pixels of the input.
constexpr int kSide = 256;
constexpr std::array<int, 2> kCells{16, 8};
constexpr std::array<int, 2> kAnchorsPerCell{2, 6};
constexpr int kNumbersPerAnchor = 16;
constexpr float kScoreMin = 0.5F;
constexpr float kOverlapMax = 0.3F;
constexpr std::size_t kFacesMax = 64;
/// Room around the picture where a face fills it: the model was made for faces with something around them.
constexpr float kMargin = 0.3F;

float overlap(const Box& a, const Box& b)
{
    const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
    const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
    if (width <= 0 || height <= 0) return 0;
    const float common = width * height;
    return common / (area_of(a) + area_of(b) - common);
}

Face to_face(std::span<const float> row, Point anchor, float score, const Similarity& to_picture)
{
    const auto place = [&](std::size_t at) {
        return to_picture(anchor.x + row[at], anchor.y + row[at + 1]);
    };
    const auto scale = static_cast<float>(to_picture.scale());
    const Point centre = place(0);
    const float width = row[2] * scale;
    const float height = row[3] * scale;
    return {{centre.x - width / 2, centre.y - height / 2, width, height},
            {place(4), place(6), place(8), place(10), place(12), place(14)},
            score};
}

/// The best of each group of boxes that show one face.
std::vector<Face> best_of(std::vector<Face> found)
{
    std::sort(found.begin(), found.end(),
              [](const Face& a, const Face& b) { return a.score > b.score; });
    std::vector<Face> kept;
    for (const auto& face : found) {
        const bool is_new = std::none_of(kept.begin(), kept.end(), [&](const Face& other) {
            return overlap(face.box, other.box) > kOverlapMax;
        });
        if (is_new && kept.size() < kFacesMax) kept.push_back(face);
    }
    std::sort(kept.begin(), kept.end(),
              [](const Face& a, const Face& b) { return area_of(a.box) > area_of(b.box); });
    return kept;
}

bool touches_border(const Box& box, const Picture& picture)
{
    return box.x <= 0 || box.y <= 0 || box.x + box.width >= static_cast<float>(picture.width) ||
           box.y + box.height >= static_cast<float>(picture.height);
}

}  // namespace

Result<Detector> Detector::create(OnnxModel model)
{
    Detector detector{std::move(model)};
    ACCESSD_TRY(detector.scores_[0], detector.model_.output("scores_16"));
    ACCESSD_TRY(detector.scores_[1], detector.model_.output("scores_8"));
    ACCESSD_TRY(detector.boxes_[0], detector.model_.output("boxes_16"));
    ACCESSD_TRY(detector.boxes_[1], detector.model_.output("boxes_8"));
    return detector;
}

Result<std::vector<Face>> Detector::find(const Picture& picture) const
{
    ACCESSD_TRY(auto faces, find_in(picture, 0));
    const bool fills = faces.size() == 1 && touches_border(faces[0].box, picture);
    if (!faces.empty() && !fills) return faces;
    ACCESSD_TRY(auto with_room, find_in(picture, kMargin));
    return with_room.empty() ? faces : with_room;
}

Result<std::vector<Face>> Detector::find_in(const Picture& picture, float margin) const
{
    const int longer = std::max(picture.width, picture.height);
    const double side = longer * (1 + 2 * static_cast<double>(margin));
    const auto to_picture =
        crop_of({static_cast<float>(picture.width) / 2, static_cast<float>(picture.height) / 2},
                side, 0, kSide);
    const Input range{kSide,
                      ColourOrder::Rgb,
                      Layout::Nchw,
                      {127.5F, 127.5F, 127.5F},
                      {1 / 127.5F, 1 / 127.5F, 1 / 127.5F}};
    const auto input = to_input(crop(picture, to_picture, kSide, kSide), range);
    ACCESSD_TRY(const auto outputs,
                model_.run(input, std::array<std::int64_t, 4>{1, 3, kSide, kSide}));

    std::vector<Face> found;
    for (std::size_t grid = 0; grid < kCells.size(); ++grid) {
        const auto& scores = outputs[scores_[grid]].values;
        const auto& boxes = outputs[boxes_[grid]].values;
        const int cells = kCells[grid];
        const auto stride = static_cast<float>(kSide / cells);
        const auto expected = static_cast<std::size_t>(cells * cells * kAnchorsPerCell[grid]);
        if (scores.size() != expected || boxes.size() != expected * kNumbersPerAnchor) {
            return Error{ErrorCode::Internal, "the detector gives outputs of another shape"};
        }
        for (std::size_t i = 0; i < expected; ++i) {
            const float score = 1 / (1 + std::exp(-std::clamp(scores[i], -100.0F, 100.0F)));
            if (!(score >= kScoreMin)) continue;
            const int cell = static_cast<int>(i) / kAnchorsPerCell[grid];
            const Point anchor{(static_cast<float>(cell % cells) + 0.5F) * stride,
                               (static_cast<float>(cell / cells) + 0.5F) * stride};
            found.push_back(
                to_face(std::span{boxes}.subspan(i * kNumbersPerAnchor, kNumbersPerAnchor), anchor,
                        score, to_picture));
        }
    }
    return best_of(std::move(found));
}

}  // namespace accessd::face
