#pragma once

#include "biometrics/face_reader.h"
#include "config/config.h"
#include "face/analyst.h"
#include "face/comparison.h"

#include <optional>

namespace accessd::app {

/// What compares faces, in the server's own process: no picture and no model comes here, only numbers and the
/// manifests that say what they mean.
class FaceComparison {
public:
    /// Without models, or with broken ones, there is nothing to compare with, and the log says why.
    explicit FaceComparison(const config::Config& config);

    biometrics::FaceTools tools(face::Analyst& analyst) const;

private:
    std::optional<face::Comparison> comparison_;
    bool has_passive_ = false;
};

}  // namespace accessd::app
