#pragma once

#include "base/result.h"
#include "face/analysis.h"
#include "face/models.h"

#include <span>
#include <vector>

namespace accessd::face {

// What detectors' outputs say, in pixels of their input: every face as often as cells saw it. Errors: Internal where
// there are more numbers or fewer.

/// `scores` before the sigmoid; of each anchor a row of 16 numbers: box and six places, from the middle of its cell.
Result<std::vector<Face>> faces_of_blazeface(std::span<const float> scores,
                                             std::span<const float> boxes, const DetectorGrid& grid,
                                             int side, float score_min);

/// One of YuNet's three grids. Five places; ears are reckoned from the eyes. Boxes become squares.
struct YunetGrid {
    std::span<const float> classes;  ///< That there is a face.
    std::span<const float> objects;  ///< That there is anything.
    std::span<const float> boxes;    ///< 4 numbers each.
    std::span<const float> places;   ///< 10 numbers each.
};
Result<std::vector<Face>> faces_of_yunet(const YunetGrid& grid, int stride, int side,
                                         float score_min);

}  // namespace accessd::face
