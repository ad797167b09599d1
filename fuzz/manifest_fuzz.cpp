// Manifests of models, which operators bring with models of their own, and the calibrations that a command wrote:
// what is wrong with one is a sentence, and what is read is fit for the engine.

#include "fuzz.h"

#include "face/manifest.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

namespace accessd::fuzz {
namespace {

/// A file without a folder, since manifests are read from files.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view content) : file_(::memfd_create("manifest", MFD_CLOEXEC))
    {
        require(file_ >= 0 && ::write(file_, content.data(), content.size()) ==
                                  static_cast<ssize_t>(content.size()),
                "a file in memory");
    }
    ~MemoryFile() { ::close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

private:
    int file_;
};

bool is_finite(float value) { return std::isfinite(value); }

void check_file(const face::ModelFile& file, bool has_input)
{
    require(!file.sha256.empty(), "a model is pinned");
    require(file.input.size == 0 ? !has_input : file.input.size >= 16 && file.input.size <= 1024,
            "an input has a size");
    for (int channel = 0; channel < 3; ++channel) {
        const auto at = static_cast<std::size_t>(channel);
        require(is_finite(file.input.mean.at(at)) && is_finite(file.input.scale.at(at)),
                "pixels stay numbers");
    }
    require(is_finite(file.known_amplitude), "a self-test's input is numbers");
    for (const auto value : file.known_values) require(is_finite(value), "so is its output");
}

void check_calibration(const face::Calibration& calibration)
{
    require(calibration.score_min < calibration.score_max, "scores have a range");
    require(!calibration.tables.empty() && calibration.tables.front().pictures == 1,
            "there is a table for one picture");
    for (const auto& table : calibration.tables) {
        require(table.points.size() >= 2, "a table has points");
        for (std::size_t i = 1; i < table.points.size(); ++i) {
            require(table.points[i - 1].fmr > table.points[i].fmr &&
                        table.points[i - 1].score < table.points[i].score,
                    "rates fall as scores rise");
        }
        require(table.points.front().fmr <= 1 && table.points.back().fmr > 0, "rates are rates");
    }
}

void check_detector(const face::DetectorModel& detector)
{
    check_file(detector.file, true);
    require(detector.score_min > 0 && detector.score_min < 1, "a score that a face can have");
    require(detector.box_factor >= 0.25F && detector.box_factor <= 4, "a box about a face");
    const bool is_blazeface = detector.kind == face::DetectorKind::BlazeFace;
    require(detector.grids.empty() != is_blazeface, "grids, where they can be named");
    for (const auto& grid : detector.grids) {
        require(grid.cells >= 1 && grid.cells <= 256 && grid.anchors >= 1 && grid.anchors <= 16,
                "cells that can be counted");
        require(!grid.scores.empty() && !grid.boxes.empty(), "outputs by name");
    }
}

void check_models(const face::Models& models)
{
    if (!models.detector.file.path.empty()) check_detector(models.detector);
    for (const auto& embedder : models.embedders) {
        check_file(embedder.file, true);
        require(embedder.dimension >= 2 && embedder.dimension <= 4096, "a dimension");
        require(embedder.centre.empty() ||
                    embedder.centre.size() == static_cast<std::size_t>(embedder.dimension),
                "a centre of that dimension");
        require(embedder.impostor_deviation > 0 && is_finite(embedder.impostor_deviation) &&
                    is_finite(embedder.impostor_mean) && is_finite(embedder.weight) &&
                    is_finite(embedder.box_factor),
                "scores stay numbers");
    }
    for (const auto& model : models.passive) {
        check_file(model.file, true);
        require(model.crop_factor >= 0.5F && model.crop_factor <= 8, "a crop of the picture");
        require(model.live_class >= 0, "an output that there can be");
    }
}

void check_refusal(const Error& error, const std::string& path)
{
    require(error.code == ErrorCode::Internal && error.detail.starts_with(path) &&
                error.detail.size() > path.size() + 2,
            "a refusal names the file and says why");
}

/// A calibration that was read is written and read again the same.
void check_written(face::Models models)
{
    const auto calibration = models.calibration;
    const MemoryFile again{face::to_json(calibration)};
    require(face::read_calibration(again.path(), models).has_value(), "a calibration comes back");
    require(face::to_json(models.calibration) == face::to_json(calibration), "as it was");
}

void try_manifest(std::string_view input)
{
    if (input.empty()) return;
    const MemoryFile file{input.substr(1)};
    face::Models models;
    models.calibration.model = "m";
    const auto read = [&]() -> Result<void> {
        switch (input[0]) {
        case 'e': return face::read_embedder_manifest(file.path(), models);
        case 'p': return face::read_passive_manifest(file.path(), models);
        case 'c': return face::read_calibration(file.path(), models);
        case 'd': return face::read_detector_manifest(file.path(), models);
        default: return face::read_base_manifest(file.path(), models);
        }
    }();
    if (!read) return check_refusal(read.error(), file.path());
    check_models(models);
    if (input[0] != 'e' && input[0] != 'c') return;
    check_calibration(models.calibration);
    check_written(models);
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_manifest(accessd::fuzz::to_view(data, size));
    return 0;
}
