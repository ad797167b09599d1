#include "face/engine.h"

#include "base/encoding.h"
#include "crypto/hash.h"
#include "face/detector.h"
#include "face/eyes.h"
#include "face/face_embedder.h"
#include "face/fingerprint.h"
#include "face/manifest.h"
#include "face/mesh.h"
#include "face/onnx_runtime.h"
#include "face/passive_check.h"
#include "face/quality.h"
#include "face/raster.h"

#include <opencv2/core/utility.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace accessd::face {
namespace {

constexpr std::int64_t kPixelsMax = 16'000'000;
/// Of the square that light and focus are measured on.
constexpr int kChipSide = 150;
/// Between what a model answers to the self-test's input and what it should: other processors add in
/// another order. The largest difference seen between libraries is 1e-4 of the largest number.
constexpr float kKnownTolerance = 2e-3F;

Error broken(std::string what) { return Error{ErrorCode::Internal, std::move(what)}; }

Result<std::string> read_pinned(const std::string& path, std::span<const std::string> hashes)
{
    ACCESSD_TRY(auto content, read_model_file(path));
    const auto hash = to_hex(crypto::sha256(content));
    if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) {
        return broken(path + " is not the file that its manifest pins: its SHA-256 is " + hash);
    }
    return content;
}

/// Whether the model computes what it computed where it was made.
Result<void> self_test(const OnnxModel& model, const ModelFile& file, int size, Layout layout)
{
    if (file.known_values.empty()) return {};
    const auto side = static_cast<std::int64_t>(size);
    const auto shape = layout == Layout::Nchw ? std::array<std::int64_t, 4>{1, 3, side, side}
                                              : std::array<std::int64_t, 4>{1, side, side, 3};
    const auto input =
        self_test_input(static_cast<std::size_t>(size * size * 3), file.known_amplitude);
    ACCESSD_TRY(const auto outputs, model.run(input, shape));
    ACCESSD_TRY(const auto at, model.output(file.known_output));
    const auto& values = outputs[at].values;
    if (values.size() < file.known_values.size()) return broken(file.path + " gives too little");
    float largest = 0;
    float apart = 0;
    for (std::size_t i = 0; i < file.known_values.size(); ++i) {
        largest = std::max(largest, std::abs(file.known_values[i]));
        apart = std::max(apart, std::abs(file.known_values[i] - values[i]));
    }
    if (!(apart <= largest * kKnownTolerance)) {
        return broken(file.path + " doesn't compute on this machine what it should (self-test)");
    }
    return {};
}

class Loader {
public:
    explicit Loader(std::shared_ptr<const OnnxRuntime> runtime) : runtime_(std::move(runtime)) {}

    Result<OnnxModel> load(const ModelFile& file, int size) const
    {
        ACCESSD_TRY(const auto content, read_pinned(file.path, {&file.sha256, 1}));
        ACCESSD_TRY(auto model, OnnxModel::open(runtime_, content, file.name));
        ACCESSD_CHECK(self_test(model, file, size, file.input.layout));
        return model;
    }

private:
    std::shared_ptr<const OnnxRuntime> runtime_;
};

}  // namespace

struct Engine::Parts {
    Detector detector;
    Mesh mesh;
    std::vector<FaceEmbedder> embedders;
    PassiveCheck passive;
    float passive_threshold = 0;
    std::string model;

    Result<void> look_closer(const Picture& picture, const Wanted& wanted, Analysis& found) const;
    Result<Fingerprint> fingerprint(const Picture& picture, const Analysis& found) const;
};

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(const Models& models)
{
    // One thread a picture. OpenCV would start more at its first large one, when a worker can't any more.
    cv::setNumThreads(1);
    ACCESSD_CHECK(read_pinned(models.runtime_path, models.runtime_sha256));
    ACCESSD_TRY(auto runtime, OnnxRuntime::load(models.runtime_path));
    const Loader loader{std::move(runtime)};

    ACCESSD_TRY(auto detector_model,
                loader.load(models.detector.file, models.detector.file.input.size));
    ACCESSD_TRY(auto detector, Detector::create(std::move(detector_model), models.detector));
    ACCESSD_TRY(auto mesh_model, loader.load(models.mesh, 192));
    ACCESSD_TRY(auto mesh, Mesh::create(std::move(mesh_model)));

    std::vector<FaceEmbedder> embedders;
    for (const auto& settings : models.embedders) {
        ACCESSD_TRY(auto model, loader.load(settings.file, settings.file.input.size));
        ACCESSD_TRY(auto embedder, FaceEmbedder::create(std::move(model), settings));
        embedders.push_back(std::move(embedder));
    }
    std::vector<PassiveCheck::Part> passive;
    for (const auto& settings : models.passive) {
        ACCESSD_TRY(auto model, loader.load(settings.file, settings.file.input.size));
        passive.push_back({std::move(model), settings});
    }
    return std::unique_ptr<Engine>{new Engine{std::make_unique<Parts>(
        Parts{std::move(detector), std::move(mesh), std::move(embedders),
              PassiveCheck{std::move(passive)}, models.passive_threshold, models.id()})}};
}

Result<Analysis> Engine::analyse(const Picture& picture, const Wanted& wanted) const
{
    const auto pixels = static_cast<std::int64_t>(picture.width) * picture.height;
    if (!picture.is_whole() || pixels > kPixelsMax) {
        return Error{ErrorCode::InvalidRequest, "a picture that is not whole, or too large"};
    }
    Analysis found;
    found.width = picture.width;
    found.height = picture.height;
    ACCESSD_TRY(found.faces, parts_->detector.find(picture));
    found.issues = choose_face(found.faces, picture, wanted.purpose);
    if (!found.faces.empty()) ACCESSD_CHECK(parts_->look_closer(picture, wanted, found));
    if (wanted.fingerprint) {
        ACCESSD_TRY(found.fingerprint, parts_->fingerprint(picture, found));
    }
    if (found.measures && !wanted.mesh) found.measures->mesh.clear();
    return found;
}

/// The mesh finds the left a little otherwise than the right. Looked at both ways round, a picture and its mirror image
/// have their face at the same place.
Result<Fingerprint> Engine::Parts::fingerprint(const Picture& picture, const Analysis& found) const
{
    if (!found.measures) return fingerprint_of(picture, nullptr);
    const auto& seen = found.measures->mesh;
    ACCESSD_TRY(const auto turned_over, mesh.fit_mirrored(mirrored(picture), seen));
    const auto place = middle_of(place_of(seen), mirrored(place_of(turned_over), picture.width));
    return fingerprint_of(picture, &place);
}

Result<void> Engine::Parts::look_closer(const Picture& picture, const Wanted& wanted,
                                        Analysis& found) const
{
    const auto& face = found.faces.front();
    ACCESSD_TRY(auto fit, mesh.fit(picture, face));
    auto measures = measure(std::move(fit.points));
    measures.agreement = fit.agreement;
    weigh_openings(picture, measures);
    const auto light =
        light_of(aligned(picture, face, measures.mesh, Alignment::Dlib5, 1, kChipSide));
    measures.brightness = light.brightness;
    measures.clipped = light.clipped;
    measures.sharpness = light.sharpness;
    const auto issues = judge_quality(picture, face, measures, wanted.purpose);
    found.issues.insert(found.issues.end(), issues.begin(), issues.end());

    if (wanted.embedding) {
        Embedding embedding{model, {}};
        for (const auto& embedder : embedders) {
            ACCESSD_TRY(const auto part, embedder.embed(picture, face, measures.mesh));
            embedding.values.insert(embedding.values.end(), part.begin(), part.end());
        }
        found.embedding = std::move(embedding);
    }
    if (wanted.passive && passive.is_installed()) {
        ACCESSD_TRY(const auto score, passive.score(picture, face));
        found.passive = PassiveLiveness{score, passive_threshold};
    }
    found.measures = std::move(measures);
    return {};
}

}  // namespace accessd::face
