#pragma once

#include "face/analysis.h"
#include "face/models.h"
#include "face/onnx_runtime.h"
#include "face/picture.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace accessd::face {

/// Finds faces, and six places on each, with a model that looks at whole pictures: BlazeFace, or one that an operator
/// brings. Threads: find is safe to call concurrently.
class Detector {
public:
    /// Errors: Internal where the model is another one.
    static Result<Detector> create(OnnxModel model, DetectorModel settings);

    /// Faces by falling size, at most 64. Errors: Internal.
    Result<std::vector<Face>> find(const Picture& picture) const;

private:
    Detector(OnnxModel model, DetectorModel settings)
        : model_(std::move(model)), settings_(std::move(settings))
    {
    }
    Result<void> find_outputs();
    Result<std::vector<Face>> find_in(const Picture& picture, float margin) const;
    Result<std::vector<Face>> read(const std::vector<Tensor>& outputs) const;

    OnnxModel model_;
    DetectorModel settings_;
    std::vector<std::size_t>
        outputs_;  ///< The places of those that are read, in the order of read().
};

}  // namespace accessd::face
