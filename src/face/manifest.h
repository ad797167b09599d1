#pragma once

#include "base/result.h"
#include "face/models.h"

#include <string>
#include <vector>

namespace accessd::face {

// Manifests describe model files: the shipped ones and those that operators bring. docs/biometrics.md shows
// the form. All errors are Internal, with file, member and what would be accepted in `detail`.

/// models.json: library, detector and mesh.
Result<void> read_base_manifest(const std::string& path, Models& models);
/// A detector in place of the shipped one.
Result<void> read_detector_manifest(const std::string& path, Models& models);
/// What makes embeddings and what their scores mean. The id of the model covers every number that changes an
/// embedding.
Result<void> read_embedder_manifest(const std::string& path, Models& models);
/// Presentation-attack models.
Result<void> read_passive_manifest(const std::string& path, Models& models);
/// Replaces the calibration; it must be one of the same model.
Result<void> read_calibration(const std::string& path, Models& models);

/// The calibration as a file that read_calibration takes.
std::string to_json(const Calibration& calibration);

/// The whole file. Errors: Internal.
Result<std::string> read_model_file(const std::string& path);

}  // namespace accessd::face
