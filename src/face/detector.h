#pragma once

#include "face/analysis.h"
#include "face/geometry.h"
#include "face/onnx_runtime.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// Finds faces, and six places on each. Made for BlazeFace, the model of 256 x 256 pixels that looks at whole
/// pictures. Threads: find is safe to call concurrently.
class Detector {
public:
    /// Errors: Internal where the model is another one.
    static Result<Detector> create(OnnxModel model);

    /// Faces by falling size, at most 64. Errors: Internal.
    Result<std::vector<Face>> find(const Picture& picture) const;

private:
    explicit Detector(OnnxModel model) : model_(std::move(model)) {}
    Result<std::vector<Face>> find_in(const Picture& picture, float margin) const;

    OnnxModel model_;
    std::size_t scores_[2]{};
    std::size_t boxes_[2]{};
};

}  // namespace accessd::face
