#pragma once

#include "face/analysis.h"
#include "face/models.h"
#include "face/onnx_runtime.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// A face where the models expect it: eyes, nose and mouth at fixed places of a square of `size`.
Picture aligned(const Picture& picture, const Face& face, const std::vector<Point3>& mesh,
                Alignment alignment, float box_factor, int size);

/// Turns a face into numbers, by one model.
/// Threads: embed is safe to call concurrently.
class FaceEmbedder {
public:
    /// Errors: Internal where the model has no such output.
    static Result<FaceEmbedder> create(OnnxModel model, Embedder settings);

    /// `dimension` numbers of length 1. Errors: Internal.
    Result<std::vector<float>> embed(const Picture& picture, const Face& face,
                                     const std::vector<Point3>& mesh) const;

private:
    FaceEmbedder(OnnxModel model, Embedder settings)
        : model_(std::move(model)), settings_(std::move(settings))
    {
    }
    Result<std::vector<float>> run(const Picture& chip) const;

    OnnxModel model_;
    Embedder settings_;
    std::size_t output_ = 0;
};

/// Brings the numbers to length 1.
void normalise(std::span<float> values);

}  // namespace accessd::face
