#pragma once

#include "face/analysis.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// Whether `probe` was taken from the picture that `known` was kept of: also when it is a copy recompressed, resized,
/// mirrored, lit differently or cropped by 3 %. A picture that an honest camera took a second later is another one.
/// Source: docs/biometrics.md, where both are measured.
bool same_picture(const Fingerprint& probe, const Fingerprint& known);

/// Whether two frames of one run are one: stricter, as whoever holds still changes little in a sixth of a second.
bool same_frame(const Fingerprint& probe, const Fingerprint& known);

/// How far two pictures lie apart, by what moving the picture by a hundredth of its face's surroundings would change:
/// 0 is the same, 100 where one isn't a fingerprint.
double picture_distance(const Fingerprint& probe, const Fingerprint& known);
inline constexpr double kSamePictureMax = 0.045;
inline constexpr double kSameFrameMax = 0.015;

/// What has to be kept of a fingerprint so that others can be compared with it: a fraction of it.
Fingerprint kept_part(const Fingerprint& fingerprint);

/// Where a face lies in a picture.
struct FacePlace {
    Point centre;
    double spread = 0;  ///< Mean distance of the mesh's points from the centre, in pixels.
    double angle = 0;   ///< Of the line between the eyes, in radians.
};
FacePlace place_of(const std::vector<Point3>& mesh);
/// The same in the mirror image of a picture of that width.
FacePlace mirrored(const FacePlace& place, int width);
/// Between two measurements of one face.
FacePlace middle_of(const FacePlace& one, const FacePlace& other);

/// `place` of the chosen face, or null where there is none: then the whole picture counts.
Fingerprint fingerprint_of(const Picture& picture, const FacePlace* place);

}  // namespace accessd::face
