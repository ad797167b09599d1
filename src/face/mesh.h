#pragma once

#include "face/analysis.h"
#include "face/onnx_runtime.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// Places of the mesh that are used by name. Right and left are the person's own.
/// Source of the numbers: MediaPipe's canonical face model.
struct MeshPlace {
    static constexpr std::size_t kForehead = 10;
    static constexpr std::size_t kChin = 152;
    static constexpr std::size_t kNoseTip = 1;
    static constexpr std::size_t kNoseBase = 2;
    static constexpr std::size_t kRightEyeOuter = 33;
    static constexpr std::size_t kRightEyeInner = 133;
    static constexpr std::size_t kLeftEyeInner = 362;
    static constexpr std::size_t kLeftEyeOuter = 263;
    static constexpr std::size_t kMouthRight = 61;
    static constexpr std::size_t kMouthLeft = 291;
    static constexpr std::size_t kLipUpper = 13;
    static constexpr std::size_t kLipLower = 14;
};

/// The mesh of one face, and how far two passes of the model lie apart.
struct MeshFit {
    std::vector<Point3> points;  ///< kMeshPoints.
    float agreement = 0;         ///< Mean distance of the passes, by the distance of the eyes.
};

/// Measures a face that was found, at 468 places and in depth. Made for MediaPipe's face mesh.
/// Threads: fit is safe to call concurrently.
class Mesh {
public:
    /// Errors: Internal where the model is another one.
    static Result<Mesh> create(OnnxModel model);

    /// Two passes: the second looks where the first found the face. Errors: Internal.
    Result<MeshFit> fit(const Picture& picture, const Face& face) const;

    /// One pass over the picture's mirror image, where the face's own mirror image lies: right and left are changed.
    /// Errors: Internal.
    Result<std::vector<Point3>> fit_mirrored(const Picture& mirror_image,
                                             const std::vector<Point3>& mesh) const;

private:
    explicit Mesh(OnnxModel model) : model_(std::move(model)) {}
    Result<std::vector<Point3>> pass(const Picture& picture, Point centre, double side,
                                     double angle) const;

    OnnxModel model_;
    std::size_t points_ = 0;
};

/// Middle of an eye's corners.
Point right_eye(const std::vector<Point3>& mesh);
Point left_eye(const std::vector<Point3>& mesh);

/// What can be read off a mesh: pose, opening of eyes and mouth, distance of the eyes.
Measures measure(std::vector<Point3> mesh);

}  // namespace accessd::face
