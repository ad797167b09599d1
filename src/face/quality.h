#pragma once

#include "face/analysis.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// The face that the picture is about: the largest, where it is much larger than the next; else none can
/// be told from the others. Moves it to the front. Source: docs/biometrics.md, "Quality".
std::vector<Issue> choose_face(std::vector<Face>& faces, const Picture& picture, Purpose purpose);

/// What keeps the measured face from the purpose, the weightiest first.
std::vector<Issue> judge_quality(const Picture& picture, const Face& face, const Measures& measures,
                                 Purpose purpose);

}  // namespace accessd::face
