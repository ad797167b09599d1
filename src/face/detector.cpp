#include "face/detector.h"

#include "face/detector_outputs.h"
#include "face/geometry.h"
#include "face/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

namespace accessd::face {
namespace {

/// Of YuNet, in pixels of its input.
constexpr std::array<int, 3> kYunetStrides{8, 16, 32};
constexpr std::size_t kYunetOutputs = 4;  // Of each.
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

/// From the model's input to the picture.
Face in_picture(const Face& face, const Similarity& to_picture, float box_factor)
{
    const auto place = [&](const Point& p) { return to_picture(p.x, p.y); };
    const auto scale = static_cast<float>(to_picture.scale()) * box_factor;
    const Point centre = place(centre_of(face.box));
    const float width = face.box.width * scale;
    const float height = face.box.height * scale;
    const auto& points = face.points;
    return {{centre.x - width / 2, centre.y - height / 2, width, height},
            {place(points.right_eye), place(points.left_eye), place(points.nose),
             place(points.mouth), place(points.right_ear), place(points.left_ear)},
            face.score};
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

Result<Detector> Detector::create(OnnxModel model, DetectorModel settings)
{
    Detector detector{std::move(model), std::move(settings)};
    ACCESSD_CHECK(detector.find_outputs());
    return detector;
}

Result<void> Detector::find_outputs()
{
    std::vector<std::string> names;
    for (const auto& grid : settings_.grids) {
        names.push_back(grid.scores);
        names.push_back(grid.boxes);
    }
    if (settings_.kind == DetectorKind::Yunet) {
        for (const int stride : kYunetStrides) {
            for (const auto* const what : {"cls_", "obj_", "bbox_", "kps_"}) {
                names.push_back(what + std::to_string(stride));
            }
        }
    }
    for (const auto& name : names) {
        ACCESSD_TRY(const auto place, model_.output(name));
        outputs_.push_back(place);
    }
    return {};
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
    const auto& input = settings_.file.input;
    const auto to_picture =
        crop_of({static_cast<float>(picture.width) / 2, static_cast<float>(picture.height) / 2},
                side, 0, input.size);
    const auto pixels = to_input(crop(picture, to_picture, input.size, input.size), input);
    const std::int64_t size = input.size;
    const auto shape = input.layout == Layout::Nchw ? std::array<std::int64_t, 4>{1, 3, size, size}
                                                    : std::array<std::int64_t, 4>{1, size, size, 3};
    ACCESSD_TRY(const auto outputs, model_.run(pixels, shape));
    ACCESSD_TRY(auto found, read(outputs));
    std::erase_if(found, [](const Face& face) { return !std::isfinite(area_of(face.box)); });
    for (auto& face : found) face = in_picture(face, to_picture, settings_.box_factor);
    return best_of(std::move(found));
}

Result<std::vector<Face>> Detector::read(const std::vector<Tensor>& outputs) const
{
    const auto values = [&](std::size_t at) {
        return std::span<const float>{outputs[outputs_[at]].values};
    };
    const int side = settings_.file.input.size;
    std::vector<Face> found;
    const auto add = [&](std::vector<Face> more) {
        found.insert(found.end(), more.begin(), more.end());
    };
    for (std::size_t i = 0; i < settings_.grids.size(); ++i) {
        ACCESSD_TRY(auto more, faces_of_blazeface(values(2 * i), values(2 * i + 1),
                                                  settings_.grids[i], side, settings_.score_min));
        add(std::move(more));
    }
    if (settings_.kind != DetectorKind::Yunet) return found;
    for (std::size_t i = 0; i < kYunetStrides.size(); ++i) {
        const auto at = i * kYunetOutputs;
        const YunetGrid grid{values(at), values(at + 1), values(at + 2), values(at + 3)};
        ACCESSD_TRY(auto more, faces_of_yunet(grid, kYunetStrides[i], side, settings_.score_min));
        add(std::move(more));
    }
    return found;
}

}  // namespace accessd::face
