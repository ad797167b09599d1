#include "face/quality.h"

#include "face/geometry.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace accessd::face {
namespace {

/// How strict each purpose is. Source of the figures: docs/biometrics.md, "Quality".
struct Gates {
    float score_min;         ///< Of the detector.
    float eye_distance_min;  ///< Pixels.
    float yaw_max;           ///< Degrees, as the next two.
    float pitch_max;
    float roll_max;
    float agreement_max;
    float brightness_min;
    float brightness_max;
    float clipped_max;
    float sharpness_min;
    float eye_open_min;
    float mouth_open_max;
    float outside_max;  ///< Share of the mesh beyond the picture's border.
};

constexpr Gates kDetect{0, 0, 180, 180, 180, 1e9F, 0, 256, 2, 0, 0, 1e9F, 2};
constexpr Gates kFrame{0.5F, 20, 180, 180, 50, 0.25F, 35, 225, 0.35F, 4, 0, 1e9F, 0.05F};
constexpr Gates kLogin{0.65F, 40, 25, 20, 50, 0.06F, 50, 205, 0.05F, 12, 0.1F, 0.5F, 0.02F};
constexpr Gates kEnrolment{0.75F, 48, 25, 20, 30, 0.06F, 50, 205, 0.05F, 20, 0.15F, 0.3F, 0.02F};

const Gates& gates_for(Purpose purpose)
{
    switch (purpose) {
    case Purpose::Detect: return kDetect;
    case Purpose::Frame: return kFrame;
    case Purpose::Login: return kLogin;
    case Purpose::Enrolment: break;
    }
    return kEnrolment;
}

/// A second face smaller than this share of the first is somebody in the background.
constexpr float kBackgroundShare = 1 / 2.5F;
/// A face wider than this share of the picture's width is too near for its edges to be seen.
constexpr float kWidthShareMax = 0.9F;

/// The detector's box is wider than the face.
constexpr float kBoxOutsideMore = 0.1F;

float share_outside(const std::vector<Point3>& mesh, const Picture& picture)
{
    const auto outside = std::count_if(mesh.begin(), mesh.end(), [&](const Point3& p) {
        return p.x < 0 || p.y < 0 || p.x >= static_cast<float>(picture.width) ||
               p.y >= static_cast<float>(picture.height);
    });
    return static_cast<float>(outside) / static_cast<float>(mesh.size());
}

/// Of the detector's box: it still says where a face would be of which the mesh sees half.
float share_outside(const Box& box, const Picture& picture)
{
    const float right = std::min(box.x + box.width, static_cast<float>(picture.width));
    const float bottom = std::min(box.y + box.height, static_cast<float>(picture.height));
    const float inside = std::max(right - std::max(box.x, 0.0F), 0.0F) *
                         std::max(bottom - std::max(box.y, 0.0F), 0.0F);
    return 1 - inside / std::max(area_of(box), 1.0F);
}

float width_share(const std::vector<Point3>& mesh, const Picture& picture)
{
    const auto [left, right] = std::minmax_element(
        mesh.begin(), mesh.end(), [](const Point3& a, const Point3& b) { return a.x < b.x; });
    return (right->x - left->x) / static_cast<float>(picture.width);
}

}  // namespace

std::vector<Issue> choose_face(std::vector<Face>& faces, const Picture& picture, Purpose purpose)
{
    if (faces.empty()) return {Issue::NoFace};
    if (faces.size() == 1 || purpose == Purpose::Detect) return {};
    const bool others_far_behind = area_of(faces[1].box) < area_of(faces[0].box) * kBackgroundShare;
    if (!others_far_behind) return {Issue::MultipleFaces};

    const Point middle{static_cast<float>(picture.width) / 2,
                       static_cast<float>(picture.height) / 2};
    const auto distance = [&](const Face& face) { return length(centre_of(face.box) - middle); };
    const bool is_nearest = std::all_of(faces.begin() + 1, faces.end(), [&](const Face& other) {
        // Somebody small exactly in the middle is still somebody in the background.
        return distance(faces[0]) <= distance(other) || distance(faces[0]) < faces[0].box.width;
    });
    return is_nearest ? std::vector<Issue>{} : std::vector{Issue::MultipleFaces};
}

std::vector<Issue> judge_quality(const Picture& picture, const Face& face, const Measures& m,
                                 Purpose purpose)
{
    const auto& gates = gates_for(purpose);
    if (purpose == Purpose::Detect) return {};
    const bool is_turned = std::abs(m.pose.yaw) > gates.yaw_max ||
                           std::abs(m.pose.pitch) > gates.pitch_max ||
                           std::abs(m.pose.roll) > gates.roll_max;
    const float eyes = (m.left_eye_open + m.right_eye_open) / 2;
    const std::array<std::pair<bool, Issue>, 10> found{{
        {m.eye_distance < gates.eye_distance_min, Issue::FaceTooSmall},
        {width_share(m.mesh, picture) > kWidthShareMax, Issue::FaceTooLarge},
        {share_outside(m.mesh, picture) > gates.outside_max ||
             share_outside(face.box, picture) > gates.outside_max + kBoxOutsideMore,
         Issue::FaceNearBorder},
        {is_turned, Issue::FaceRotated},
        {m.brightness < gates.brightness_min, Issue::TooDark},
        {m.brightness > gates.brightness_max || m.clipped > gates.clipped_max, Issue::TooBright},
        {m.sharpness < gates.sharpness_min, Issue::TooBlurry},
        {m.agreement > gates.agreement_max || face.score < gates.score_min, Issue::FaceOccluded},
        {eyes < gates.eye_open_min, Issue::EyesClosed},
        {m.mouth_open > gates.mouth_open_max, Issue::Expression},
    }};
    std::vector<Issue> issues;
    for (const auto& [is_so, issue] : found) {
        if (is_so) issues.push_back(issue);
    }
    return issues;
}

}  // namespace accessd::face
