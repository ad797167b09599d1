#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::face {

/// What keeps a face from being used. Source of the words: api.md, section 6, `FACE_REJECTED`.
enum class Issue : std::uint8_t {
    NoFace,
    MultipleFaces,
    FaceTooSmall,
    FaceTooLarge,
    FaceNearBorder,
    FaceRotated,
    FaceOccluded,
    TooDark,
    TooBright,
    TooBlurry,
    EyesClosed,
    Expression,
};
inline constexpr auto kLastIssue = Issue::Expression;

/// The word of the contract: "no_face".
std::string_view to_text(Issue issue);
/// What the person in front of the camera can do about it, in English.
std::string_view hint(Issue issue);

/// Places in a picture, in its pixels, from the top left. `z` of a mesh point is in pixels too, smaller
/// is nearer to the camera, and 0 about the middle of the head.
struct Point {
    float x = 0;
    float y = 0;
};
struct Point3 {
    float x = 0;
    float y = 0;
    float z = 0;
};
struct Box {
    float x = 0;
    float y = 0;
    float width = 0;
    float height = 0;
};

/// How the head is held, in degrees. Left and right, eyes and all, are the person's own.
struct Pose {
    float yaw = 0;    ///< Above 0: turned to the left.
    float pitch = 0;  ///< Above 0: looking down.
    float roll = 0;   ///< Above 0: turned clockwise, as the picture is seen.
};

/// The six places that the detector finds.
struct KeyPoints {
    Point right_eye;
    Point left_eye;
    Point nose;
    Point mouth;
    Point right_ear;
    Point left_ear;
};

inline constexpr int kMeshPoints = 468;

/// One face, as the detector found it, and where it was asked for, as the mesh measured it.
struct Face {
    Box box;
    KeyPoints points;
    float score = 0;  ///< Of the detector, 0 to 1.
};

/// What the mesh tells about the chosen face.
struct Measures {
    std::vector<Point3> mesh;  ///< kMeshPoints, or none where they were not asked for.
    Pose pose;
    float eye_distance = 0;  ///< Between the outer corners' middles, in pixels.
    /// Height by width of the opening, less where only a lid is to be seen in it: about 0.3 is open.
    float left_eye_open = 0;
    float right_eye_open = 0;
    float mouth_open = 0;  ///< Height by width of the opening.
    float brightness = 0;  ///< Mean of the face, 0 to 255.
    float clipped = 0;     ///< Share of the face that is black or white.
    float sharpness = 0;   ///< Variance of the Laplacian of the aligned face.
    float agreement = 0;   ///< Mean distance of two passes of the mesh, by eye distance.
};

/// A face as numbers. Only embeddings of the same `model` can be compared.
struct Embedding {
    std::string model;          ///< Of the profile: the models' hashes and the way of preparing.
    std::vector<float> values;  ///< Each part that a model gave has length 1.
};

/// What the installed presentation-attack models say of the chosen face.
struct PassiveLiveness {
    float score = 0;      ///< Mean of the models, 0 (a copy) to 1 (live).
    float threshold = 0;  ///< Of the manifest.
    bool is_live() const { return score >= threshold; }
};

/// What tells a picture from others, and does not show what is on it. Opaque: see same_picture.
struct Fingerprint {
    std::vector<std::uint8_t> bytes;
};

/// Everything that was found in one picture.
struct Analysis {
    int width = 0;
    int height = 0;
    std::vector<Face> faces;  ///< The chosen one first, then by size.
    /// What keeps the picture from the purpose that was asked for, the weightiest first. Empty: fit.
    std::vector<Issue> issues;
    std::optional<Measures> measures;        ///< Of the chosen face; absent without a face.
    std::optional<Embedding> embedding;      ///< Absent without a face, or if not wanted.
    std::optional<PassiveLiveness> passive;  ///< Absent too where no such model is installed.
    std::optional<Fingerprint> fingerprint;
};

/// What a picture is to be good for: how strict its quality is judged.
enum class Purpose : std::uint8_t {
    Detect,     ///< Only finds; several faces are fine.
    Frame,      ///< One of a challenge: poses, closed eyes and small blur are fine.
    Login,      ///< To be compared with an enrolled face.
    Enrolment,  ///< To be compared with for years.
};

/// What to spend time on. Detecting and measuring one face takes about 20 ms of a core.
struct Wanted {
    Purpose purpose = Purpose::Login;
    bool mesh = false;         ///< The mesh's points, for the judging of challenges.
    bool embedding = true;     ///< About 20 ms; with the profile strong 40 ms.
    bool passive = false;      ///< About 10 ms.
    bool fingerprint = false;  ///< About 15 ms.
};

}  // namespace accessd::face
