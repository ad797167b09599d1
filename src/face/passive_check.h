#pragma once

#include "face/analysis.h"
#include "face/models.h"
#include "face/onnx_runtime.h"
#include "face/picture.h"

#include <vector>

namespace accessd::face {

/// Asks presentation-attack models whether a face is alive, and takes their mean.
/// Threads: score is safe to call concurrently.
class PassiveCheck {
public:
    struct Part {
        OnnxModel model;
        PassiveModel settings;
    };
    explicit PassiveCheck(std::vector<Part> parts) : parts_(std::move(parts)) {}

    bool is_installed() const { return !parts_.empty(); }
    /// 0 (a print or a screen) to 1 (alive). Errors: Internal.
    Result<float> score(const Picture& picture, const Face& face) const;

private:
    std::vector<Part> parts_;
};

}  // namespace accessd::face
