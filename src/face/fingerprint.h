#pragma once

#include "face/analysis.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// Whether both were taken from the same picture: also when one is a copy recompressed, resized,
/// mirrored, brightened or cropped by 3 %. The next frame of an honest camera is another picture.
/// Source: docs/biometrics.md, where both are measured.
bool same_picture(const Fingerprint& one, const Fingerprint& other);

/// How far two pictures lie apart for same_picture: 0 is the same, 1.4 are any two. 2 where one isn't a
/// fingerprint.
double picture_distance(const Fingerprint& one, const Fingerprint& other);
inline constexpr double kSamePictureMax = 0.045;

/// `mesh` of the chosen face, or null where there is none: then the whole picture counts.
Fingerprint fingerprint_of(const Picture& picture, const std::vector<Point3>* mesh);

}  // namespace accessd::face
