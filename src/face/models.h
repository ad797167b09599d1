#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
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
    std::string sha256;  ///< Of its bytes, in hex; checked when the engine opens.
    Input input;
    /// What the model must answer to self_test_input(): the first numbers of an output. Empty: untested.
    std::string known_output;
    float known_amplitude = 1;  ///< The input's.
    std::vector<float> known_values;
};

/// What the outputs of a detector mean.
enum class DetectorKind {
    BlazeFace,  ///< MediaPipe's: a row of 16 numbers for each anchor.
    Yunet,      ///< OpenCV's of 2023: a box and five places for each cell.
};

/// Cells that lie over a BlazeFace's input, and the outputs that tell of them.
struct DetectorGrid {
    int cells = 0;    ///< On each side.
    int anchors = 1;  ///< In each cell.
    std::string scores;
    std::string boxes;
};

/// A model that finds faces.
struct DetectorModel {
    ModelFile file;
    DetectorKind kind = DetectorKind::BlazeFace;
    std::vector<DetectorGrid> grids;  ///< Of BlazeFace; the others have fixed ones.
    float score_min = 0.5F;
    /// Side of the square that the mesh begins with, by the longer side of the box that the model gives.
    float box_factor = 1;
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
    /// Where a profile has several models: the part of each in the sum of their standardised cosines.
    float weight = 1;
    float impostor_mean = 0;
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
    std::string runtime_path;                 ///< libonnxruntime.so.1
    std::vector<std::string> runtime_sha256;  ///< One for each kind of machine; any may fit.
    DetectorModel detector;
    ModelFile mesh;
    std::vector<Embedder> embedders;
    Calibration calibration;
    std::vector<PassiveModel> passive;
    float passive_threshold = 0.5F;
    std::string passive_name;  ///< Empty: none is installed, and nothing claims passive liveness.

    /// The model id that embeddings of these carry.
    const std::string& id() const { return calibration.model; }
};

/// Where models are looked for, as the operator sets it. Section [biometrics] of the configuration.
struct ModelsSettings {
    std::string models_dir;  ///< Empty: beside the program (see find_models_dir).
    Profile profile = Profile::Default;
    std::string embedder_manifest;  ///< Replaces the profile's embedders and calibration.
    std::string passive_manifest;   ///< Empty: no presentation-attack model.
    std::string calibration_file;   ///< Replaces the shipped table: `accessd biometrics calibrate`.
    std::string detector_manifest;  ///< Replaces the detector.
};

/// Reads the manifests and checks that every file is there; what is in the files, Engine::open checks.
/// Errors: Internal, with what is missing and the command that brings it in `detail`.
Result<Models> find_models(const ModelsSettings& settings);

/// `set`, or else beside the folder of the program: models of a checkout, or share/accessd/models.
std::string find_models_dir(const std::string& set);

/// Numbers between -amplitude and amplitude that are always the same, for the self-test of a model.
std::vector<float> self_test_input(std::size_t count, float amplitude);

}  // namespace accessd::face
