#pragma once

#include "base/result.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace accessd::face {

/// Which models make an embedding. Source of what each reaches: docs/biometrics.md.
enum class Profile { Default, Strong };

/// Places of a face that a model wants at fixed places of its input.
enum class Alignment { Dlib5, Arcface5, RotatedBox };

enum class ColourOrder { Rgb, Bgr };
enum class Layout { Nchw, Nhwc };

/// How pixels become a model's input: (value - mean) * scale, per channel in the model's order.
struct Input {
    int size = 0;  ///< Of the square side, in pixels.
    ColourOrder colours = ColourOrder::Rgb;
    Layout layout = Layout::Nchw;
    std::array<float, 3> mean{};
    std::array<float, 3> scale{1, 1, 1};
};

/// One model file of a manifest.
struct ModelFile {
    std::string name;    ///< "recognition".
    std::string path;    ///< Of the ONNX file.
    std::string sha256;  ///< Of its bytes, in hex.
    Input input;
};

/// How a model of embeddings wants its face, and how scores of it are centred and weighted.
struct Embedder {
    ModelFile file;
    Alignment alignment = Alignment::Dlib5;
    float box_factor = 1;  ///< Of RotatedBox: side of the crop by side of the face's box.
    bool mirrored = true;  ///< Averages the picture and its mirror image.
    std::string output;    ///< Name of the output; empty: the first.
    int dimension = 0;
    std::vector<float> centre;  ///< Subtracted between two normalisations; empty: none.
    float weight = 1;           ///< In a sum of several models' standardised scores.
    float impostor_mean = 0;    ///< Of the cosine of two people, for standardising.
    float impostor_deviation = 1;
};

/// A model that tells a living face from a print or a screen, as operators bring them.
struct PassiveModel {
    ModelFile file;
    float crop_factor = 1;  ///< Of the face's box.
    int live_class = 1;     ///< Index of the output that means live.
    bool softmax = true;    ///< The outputs still need it.
};

/// One row of a calibration table: the score at which so many impostors pass.
struct CalibrationPoint {
    double fmr = 0;  ///< False match rate.
    double score = 0;
    double fnmr = 0;  ///< False non-match rate at that score.
};

/// The table for templates of so many pictures, by falling fmr.
struct CalibrationTable {
    int pictures = 1;
    std::vector<CalibrationPoint> points;
};

/// What scores of a profile mean.
struct Calibration {
    std::string model;                     ///< Embedding::model it was measured with.
    std::vector<CalibrationTable> tables;  ///< By rising number of pictures; at least for 1.
    double score_min = 0;                  ///< Shown as 0 ...
    double score_max = 1;                  ///< ... and as 1.
    std::string source;                    ///< What was measured, in words.
};

/// All that a profile needs, as read from the manifests. Cheap: models are not loaded.
struct Models {
    std::string runtime_path;  ///< libonnxruntime.so.1
    std::string runtime_sha256;
    ModelFile detector;
    ModelFile mesh;
    std::vector<Embedder> embedders;
    Calibration calibration;
    std::vector<PassiveModel> passive;
    float passive_threshold = 0.5F;
    std::string passive_name;  ///< Empty: none is installed, and nothing claims passive liveness.

    /// The model id that embeddings of these carry.
    const std::string& id() const { return calibration.model; }
};

/// Where models are looked for, as the operator sets it. Section [faces] of the configuration.
struct ModelsSettings {
    std::string models_dir;  ///< Empty: beside the program (see find_models_dir).
    Profile profile = Profile::Default;
    std::string embedder_manifest;  ///< Replaces the profile's embedders and calibration.
    std::string passive_manifest;
    std::string calibration_file;  ///< Replaces the shipped table: `accessd biometrics calibrate`.
};

/// Reads the manifests and checks that every file is there with the pinned hash (150 ms for 90 MB).
/// Errors: Internal, with what is missing and the command that brings it in `detail`.
Result<Models> find_models(const ModelsSettings& settings);

/// The folder of the settings, or share/accessd/models or models beside the folder of the program.
std::string find_models_dir(const std::string& set);

}  // namespace accessd::face
