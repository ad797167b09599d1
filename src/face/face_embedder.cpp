#include "face/face_embedder.h"

#include "face/geometry.h"
#include "face/mesh.h"
#include "face/raster.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace accessd::face {
namespace {

/// Outer and inner corner of the left eye, of the right one, and the base of the nose, in a square of side 1 that
/// has a quarter of its inner side around it. Source: dlib, get_face_chip_details (BSL-1.0).
constexpr std::array<Point, 5> kDlib{{{0.8595674595992F, 0.2134981538014F},
                                      {0.6460604764104F, 0.2289674387677F},
                                      {0.1205750620789F, 0.2137274526848F},
                                      {0.3340850613712F, 0.2290642403242F},
                                      {0.4901123135679F, 0.6277975316475F}}};
constexpr float kDlibPadding = 0.25F;

/// Eyes, tip of the nose, corners of the mouth, in 112 x 112. Source: ArcFace's alignment, face_align.py of InsightFace.
constexpr std::array<Point, 5> kArcface{{{38.2946F, 51.6963F},
                                         {73.5318F, 51.5014F},
                                         {56.0252F, 71.7366F},
                                         {41.5493F, 92.3655F},
                                         {70.7299F, 92.2041F}}};

Similarity dlib_chip(const std::vector<Point3>& mesh, int size)
{
    std::array<Point, 5> from;
    for (std::size_t i = 0; i < from.size(); ++i) {
        from[i] = (kDlib[i] + Point{kDlibPadding, kDlibPadding}) *
                  (static_cast<float>(size) / (2 * kDlibPadding + 1));
    }
    const std::array<Point, 5> to{
        flat(mesh[MeshPlace::kLeftEyeOuter]), flat(mesh[MeshPlace::kLeftEyeInner]),
        flat(mesh[MeshPlace::kRightEyeOuter]), flat(mesh[MeshPlace::kRightEyeInner]),
        flat(mesh[MeshPlace::kNoseBase])};
    return fit_similarity(from, to);
}

Point mean_of(const std::vector<Point3>& mesh, std::array<std::size_t, 4> places)
{
    Point sum;
    for (const auto place : places) sum = sum + flat(mesh[place]);
    return sum * 0.25F;
}

Similarity arcface_chip(const std::vector<Point3>& mesh, int size)
{
    std::array<Point, 5> from;
    for (std::size_t i = 0; i < from.size(); ++i) {
        from[i] = kArcface[i] * (static_cast<float>(size) / 112);
    }
    const std::array<Point, 5> to{
        mean_of(mesh, {33, 133, 159, 145}), mean_of(mesh, {362, 263, 386, 374}),
        flat(mesh[MeshPlace::kNoseTip]), flat(mesh[MeshPlace::kMouthRight]),
        flat(mesh[MeshPlace::kMouthLeft])};
    return fit_similarity(from, to);
}

}  // namespace

Picture aligned(const Picture& picture, const Face& face, const std::vector<Point3>& mesh,
                Alignment alignment, float box_factor, int size)
{
    switch (alignment) {
    case Alignment::Dlib5: return crop(picture, dlib_chip(mesh, size), size, size);
    case Alignment::Arcface5: return crop(picture, arcface_chip(mesh, size), size, size);
    case Alignment::RotatedBox: break;
    }
    const Point eyes = left_eye(mesh) - right_eye(mesh);
    const double side = std::max(face.box.width, face.box.height) * box_factor;
    return crop(picture, crop_of(centre_of(face.box), side, std::atan2(eyes.y, eyes.x), size), size,
                size);
}

void normalise(std::span<float> values)
{
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value) * value;
    const auto factor = static_cast<float>(1 / std::max(std::sqrt(sum), 1e-12));
    for (auto& value : values) value *= factor;
}

Result<FaceEmbedder> FaceEmbedder::create(OnnxModel model, Embedder settings)
{
    FaceEmbedder embedder{std::move(model), std::move(settings)};
    if (!embedder.settings_.output.empty()) {
        ACCESSD_TRY(embedder.output_, embedder.model_.output(embedder.settings_.output));
    }
    return embedder;
}

Result<std::vector<float>> FaceEmbedder::run(const Picture& chip) const
{
    const auto& input = settings_.file.input;
    const std::int64_t size = input.size;
    const auto shape = input.layout == Layout::Nchw ? std::array<std::int64_t, 4>{1, 3, size, size}
                                                    : std::array<std::int64_t, 4>{1, size, size, 3};
    ACCESSD_TRY(auto outputs, model_.run(to_input(chip, input), shape));
    auto& values = outputs[output_].values;
    if (values.size() != static_cast<std::size_t>(settings_.dimension)) {
        return Error{ErrorCode::Internal, "model " + settings_.file.name + " gives " +
                                              std::to_string(values.size()) +
                                              " numbers, its manifest says another dimension"};
    }
    return std::move(values);
}

Result<std::vector<float>> FaceEmbedder::embed(const Picture& picture, const Face& face,
                                               const std::vector<Point3>& mesh) const
{
    const auto chip = aligned(picture, face, mesh, settings_.alignment, settings_.box_factor,
                              settings_.file.input.size);
    ACCESSD_TRY(auto values, run(chip));
    if (settings_.mirrored) {
        ACCESSD_TRY(const auto other, run(mirrored(chip)));
        for (std::size_t i = 0; i < values.size(); ++i) values[i] += other[i];
    }
    normalise(values);
    if (!settings_.centre.empty()) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] -= settings_.centre[i];
        normalise(values);
    }
    return values;
}

}  // namespace accessd::face
