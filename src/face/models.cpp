#include "face/models.h"

#include "face/manifest.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace accessd::face {
namespace {

/// Where the Debian package accessd-models puts them, and nothing else does.
constexpr std::string_view kPackaged = "/usr/share/accessd/models/";

/// Whoever installed packages has no checkout with tools in it.
std::string what_brings(const std::string& path)
{
    if (path.starts_with(kPackaged)) {
        return "the package accessd-models brings the models: apt install accessd-models, or its "
               ".deb file by apt install ./accessd-models_...deb";
    }
    return "`tools/models/fetch` brings the models, `make run` and `make install` call it";
}

Result<void> must_be_there(const std::string& path)
{
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) return {};
    return Error{ErrorCode::Internal, path + " is missing; " + what_brings(path)};
}

}  // namespace

std::string find_models_dir(const std::string& set)
{
    if (!set.empty()) return set;
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto above = program.parent_path().parent_path();
    const auto built = above / "models";  // Of a checkout: build/models beside build/release.
    if (std::filesystem::exists(built / "models.json", ignored)) return built;
    return above / "share/accessd/models";
}

Result<Models> find_models(const ModelsSettings& settings)
{
    const std::filesystem::path folder = find_models_dir(settings.models_dir);
    ACCESSD_CHECK(must_be_there(folder / "models.json"));

    Models models;
    ACCESSD_CHECK(read_base_manifest(folder / "models.json", models));
    if (!settings.detector_manifest.empty()) {
        ACCESSD_CHECK(read_detector_manifest(settings.detector_manifest, models));
    }
    const auto* const shipped =
        settings.profile == Profile::Strong ? "strong.json" : "default.json";
    ACCESSD_CHECK(read_embedder_manifest(settings.embedder_manifest.empty()
                                             ? (folder / shipped).string()
                                             : settings.embedder_manifest,
                                         models));
    if (!settings.passive_manifest.empty()) {
        ACCESSD_CHECK(read_passive_manifest(settings.passive_manifest, models));
    }
    if (!settings.calibration_file.empty()) {
        ACCESSD_CHECK(read_calibration(settings.calibration_file, models));
    }

    ACCESSD_CHECK(must_be_there(models.runtime_path));
    ACCESSD_CHECK(must_be_there(models.detector.file.path));
    ACCESSD_CHECK(must_be_there(models.mesh.path));
    for (const auto& embedder : models.embedders) ACCESSD_CHECK(must_be_there(embedder.file.path));
    for (const auto& model : models.passive) ACCESSD_CHECK(must_be_there(model.file.path));
    return models;
}

std::vector<float> self_test_input(std::size_t count, float amplitude)
{
    // Source of the constants: Numerical Recipes' quick generator; tools/models/known_outputs.mjs has the same.
    std::uint32_t state = 12345;
    std::vector<float> values(count);
    for (auto& value : values) {
        state = state * 1664525U + 1013904223U;
        value = static_cast<float>((state / 2147483648.0 - 1) * amplitude);
    }
    return values;
}

}  // namespace accessd::face
