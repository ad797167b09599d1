#pragma once

#include "face/analysis.h"
#include "face/picture.h"

namespace accessd::face {

/// Weighs the openings that the mesh measured by what is to be seen between the lids: an eye is white and dark,
/// a lid is neither. The mesh alone tells closed eyes badly.
/// Source: docs/decisions/0048-challenge-liveness.md.
void weigh_openings(const Picture& picture, Measures& measures);

}  // namespace accessd::face
