#include "face/mesh.h"

#include "face/geometry.h"
#include "face/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace accessd::face {
namespace {

constexpr int kSide = 192;
/// Side of the crop by side of the face in it, as the model was made for.
constexpr float kRoom = 1.5F;

double angle_of(Point from, Point to) { return std::atan2(to.y - from.y, to.x - from.x); }

float distance(const std::vector<Point3>& mesh, std::size_t a, std::size_t b)
{
    return std::hypot(mesh[a].x - mesh[b].x, mesh[a].y - mesh[b].y);
}

/// In depth too: the width of a turned mouth or eye is not what the picture shows of it.
float true_distance(const std::vector<Point3>& mesh, std::size_t a, std::size_t b)
{
    return std::hypot(mesh[a].x - mesh[b].x, mesh[a].y - mesh[b].y, mesh[a].z - mesh[b].z);
}

struct Region {
    Point centre;
    float side = 0;
    double angle = 0;
};

/// The square around all points, turned like the line between the eyes.
Region region_of(const std::vector<Point3>& mesh)
{
    const double angle = angle_of(right_eye(mesh), left_eye(mesh));
    const auto cosine = static_cast<float>(std::cos(angle));
    const auto sine = static_cast<float>(std::sin(angle));
    float left = 1e9F, right = -1e9F, top = 1e9F, bottom = -1e9F;
    for (const auto& p : mesh) {
        const float x = p.x * cosine + p.y * sine;
        const float y = -p.x * sine + p.y * cosine;
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = std::max(bottom, y);
    }
    const float x = (left + right) / 2;
    const float y = (top + bottom) / 2;
    return {{x * cosine - y * sine, x * sine + y * cosine},
            std::max(right - left, bottom - top),
            angle};
}

float mean_shift(const std::vector<Point3>& one, const std::vector<Point3>& other)
{
    float sum = 0;
    for (std::size_t i = 0; i < one.size(); ++i) sum += length(flat(one[i]) - flat(other[i]));
    return sum / static_cast<float>(one.size());
}

/// Degrees by which the line from forehead to chin leans back while a face looks straight ahead: the median of 25
/// portraits.
constexpr float kLevelPitch = 10;

using Vector = std::array<float, 3>;

Vector between(const Point3& a, const Point3& b)
{
    Vector v{b.x - a.x, b.y - a.y, b.z - a.z};
    const float size = std::hypot(v[0], v[1], v[2]);
    for (auto& part : v) part /= std::max(size, 1e-6F);
    return v;
}

/// Source: the axes of the head as face and mesh have them: along the eyes, and from forehead to chin.
Pose pose_of(const std::vector<Point3>& mesh)
{
    const auto x = between(mesh[MeshPlace::kRightEyeOuter], mesh[MeshPlace::kLeftEyeOuter]);
    const auto y = between(mesh[MeshPlace::kForehead], mesh[MeshPlace::kChin]);
    // Into the head; where the face looks is the opposite, once it is levelled.
    Vector z{x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]};
    constexpr auto degrees = static_cast<float>(180 / std::numbers::pi);
    const float cosine = std::cos(kLevelPitch / degrees);
    const float sine = std::sin(kLevelPitch / degrees);
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = cosine * z[i] + sine * y[i];
    return {std::atan2(-z[0], z[2]) * degrees, std::atan2(-z[1], std::hypot(z[0], z[2])) * degrees,
            std::atan2(x[1], x[0]) * degrees};
}

}  // namespace

Point right_eye(const std::vector<Point3>& mesh)
{
    return (flat(mesh[MeshPlace::kRightEyeOuter]) + flat(mesh[MeshPlace::kRightEyeInner])) * 0.5F;
}

Point left_eye(const std::vector<Point3>& mesh)
{
    return (flat(mesh[MeshPlace::kLeftEyeOuter]) + flat(mesh[MeshPlace::kLeftEyeInner])) * 0.5F;
}

Result<Mesh> Mesh::create(OnnxModel model)
{
    Mesh mesh{std::move(model)};
    ACCESSD_TRY(mesh.points_, mesh.model_.output("mesh"));
    return mesh;
}

Result<std::vector<Point3>> Mesh::pass(const Picture& picture, Point centre, double side,
                                       double angle) const
{
    const auto to_picture = crop_of(centre, side, angle, kSide);
    const Input range{kSide, ColourOrder::Rgb, Layout::Nchw, {}, {1 / 255.F, 1 / 255.F, 1 / 255.F}};
    const auto input = to_input(crop(picture, to_picture, kSide, kSide), range);
    ACCESSD_TRY(const auto outputs,
                model_.run(input, std::array<std::int64_t, 4>{1, 3, kSide, kSide}));
    const auto& values = outputs[points_].values;
    if (values.size() != kMeshPoints * 3) {
        return Error{ErrorCode::Internal, "the mesh has another number of points"};
    }
    const auto scale = static_cast<float>(to_picture.scale());
    std::vector<Point3> points(kMeshPoints);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto p = to_picture(values[3 * i], values[3 * i + 1]);
        points[i] = {p.x, p.y, values[3 * i + 2] * scale};
    }
    return points;
}

Result<MeshFit> Mesh::fit(const Picture& picture, const Face& face) const
{
    const float side = std::max(face.box.width, face.box.height);
    ACCESSD_TRY(const auto first, pass(picture, centre_of(face.box), side * kRoom,
                                       angle_of(face.points.right_eye, face.points.left_eye)));
    const auto region = region_of(first);
    ACCESSD_TRY(auto second, pass(picture, region.centre, region.side * kRoom, region.angle));
    const float eyes = std::max(length(left_eye(second) - right_eye(second)), 1.0F);
    const float agreement = mean_shift(first, second) / eyes;
    return MeshFit{std::move(second), agreement};
}

Result<std::vector<Point3>> Mesh::fit_mirrored(const Picture& mirror_image,
                                               const std::vector<Point3>& mesh) const
{
    const auto region = region_of(mesh);
    const Point centre{static_cast<float>(mirror_image.width) - region.centre.x, region.centre.y};
    return pass(mirror_image, centre, region.side * kRoom, -region.angle);
}

Measures measure(std::vector<Point3> mesh)
{
    Measures measures;
    measures.pose = pose_of(mesh);
    const Point eyes = left_eye(mesh) - right_eye(mesh);
    measures.eye_distance = length(eyes);
    // Source of the ratio: Soukupova and Cech, Real-time eye blink detection using facial landmarks, 2016.
    measures.right_eye_open = (distance(mesh, 160, 144) + distance(mesh, 158, 153)) /
                              std::max(2 * true_distance(mesh, 33, 133), 1.0F);
    measures.left_eye_open = (distance(mesh, 385, 380) + distance(mesh, 387, 373)) /
                             std::max(2 * true_distance(mesh, 362, 263), 1.0F);
    measures.mouth_open =
        distance(mesh, MeshPlace::kLipUpper, MeshPlace::kLipLower) /
        std::max(true_distance(mesh, MeshPlace::kMouthRight, MeshPlace::kMouthLeft), 1.0F);
    measures.mesh = std::move(mesh);
    return measures;
}

}  // namespace accessd::face
