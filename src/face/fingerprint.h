#pragma once

#include "face/analysis.h"

namespace accessd::face {

/// Whether both were taken from the same picture: also when one is a copy recompressed, resized,
/// mirrored, brightened or cropped by 3 %. The next frame of an honest camera is another picture.
/// Source: docs/biometrics.md, where both are measured.
bool same_picture(const Fingerprint& one, const Fingerprint& other);

}  // namespace accessd::face
