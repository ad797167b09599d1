#include "app/models_commands.h"

#include "app/picture_file.h"
#include "app/terminal.h"
#include "face/engine.h"
#include "face/manifest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

namespace accessd::app {
namespace {

struct Found {
    config::Config config;
    face::Models models;
};

/// The models of the configuration, or nothing, with the reason told.
std::optional<Found> find(const ConfigChoice& choice)
{
    auto loaded = load_config(choice);
    if (!loaded) return std::nullopt;
    auto models = face::find_models(models_settings(loaded->config.biometrics));
    if (!models) {
        print_error("biometrics are off: " + sentence_of(models.error()));
        return std::nullopt;
    }
    return Found{loaded->config, *std::move(models)};
}

std::vector<const face::ModelFile*> files_of(const face::Models& models)
{
    std::vector<const face::ModelFile*> files{&models.detector.file, &models.mesh};
    for (const auto& embedder : models.embedders) files.push_back(&embedder.file);
    for (const auto& passive : models.passive) files.push_back(&passive.file);
    return files;
}

std::string passive_of(const face::Models& models)
{
    if (models.passive_name.empty()) return "none: assurance passive can't be asked for";
    return models.passive_name;
}

/// Times of so many pictures on so many threads, in milliseconds, rising.
std::vector<double> times(const face::Engine& engine, const std::string& bytes, int threads)
{
    constexpr int kEach = 20;
    std::vector<std::vector<double>> taken(static_cast<std::size_t>(threads));
    {
        std::vector<std::jthread> running;
        for (auto& mine : taken) {
            running.emplace_back([&] {
                for (int i = 0; i < kEach; ++i) {
                    const auto start = std::chrono::steady_clock::now();
                    const auto picture = to_picture(bytes);
                    if (!picture || !engine.analyse(*picture, {})) return;
                    const std::chrono::duration<double, std::milli> time =
                        std::chrono::steady_clock::now() - start;
                    mine.push_back(time.count());
                }
            });
        }
    }
    std::vector<double> all;
    for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

face::ModelsSettings models_settings(const config::Biometrics& faces)
{
    return {faces.models_dir,
            faces.profile == config::Biometrics::Profile::Strong ? face::Profile::Strong
                                                                 : face::Profile::Default,
            faces.embedder_manifest,
            faces.passive_manifest,
            faces.calibration_file,
            faces.detector_manifest};
}

int list_models(const ConfigChoice& choice, Output output)
{
    const auto found = find(choice);
    if (!found) return kExitFailed;
    const auto& models = found->models;
    if (output == Output::Json) {
        nlohmann::json files = nlohmann::json::array();
        for (const auto* file : files_of(models)) {
            files.push_back({{"name", file->name}, {"file", file->path}, {"sha256", file->sha256}});
        }
        print_out(nlohmann::json{{"model", models.id()},
                                 {"runtime", models.runtime_path},
                                 {"files", files},
                                 {"passive", models.passive_name},
                                 {"calibration", models.calibration.source}}
                      .dump(2) +
                  "\n");
        return kExitOk;
    }
    print_out(fmt::format("model        {}\nruntime      {}\n", models.id(),
                          printable(models.runtime_path)));
    for (const auto* file : files_of(models)) {
        print_out(fmt::format("{:<12} {}\n", printable(file->name), printable(file->path)));
    }
    print_out(fmt::format("passive      {}\ncalibration  {}\n", printable(passive_of(models)),
                          printable(models.calibration.source)));
    return kExitOk;
}

int check_models(const ConfigChoice& choice, Output output)
{
    const auto found = find(choice);
    if (!found) return kExitFailed;
    const auto engine = face::Engine::open(found->models);
    if (output == Output::Json) {
        print_out(nlohmann::json{{"model", found->models.id()},
                                 {"works", engine.has_value()},
                                 {"problem", engine ? "" : engine.error().detail}}
                      .dump(2) +
                  "\n");
    } else if (engine) {
        print_out(found->models.id() + " loads and computes what it should.\n");
    } else {
        print_error("biometrics are off: " + sentence_of(engine.error()));
    }
    return engine ? kExitOk : kExitFailed;
}

int add_models(const ConfigChoice& choice, const std::string& manifest)
{
    auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    // Which kind it is, its members say.
    auto settings = models_settings(loaded->config.biometrics);
    const auto content = face::read_model_file(manifest);
    if (!content) {
        print_error(sentence_of(content.error()));
        return kExitFailed;
    }
    const bool is_embedder = content->find("\"embedders\"") != std::string::npos;
    const bool is_detector = content->find("\"detector\"") != std::string::npos;
    (is_embedder   ? settings.embedder_manifest
     : is_detector ? settings.detector_manifest
                   : settings.passive_manifest) = manifest;
    if (is_embedder) settings.calibration_file.clear();
    const auto models = face::find_models(settings);
    const auto engine = models ? face::Engine::open(*models) : models.error();
    if (!engine) {
        print_error(sentence_of(engine.error()));
        return kExitFailed;
    }
    const auto* const key = is_embedder   ? "embedder_manifest"
                            : is_detector ? "detector_manifest"
                                          : "passive_manifest";
    print_out(fmt::format("The models load. To use them, write into the configuration:\n\n"
                          "[biometrics]\n{} = {}\n",
                          key,
                          nlohmann::json(std::filesystem::absolute(manifest).string()).dump()));
    if (is_embedder) {
        print_out("\nPeople who enrolled with another model must enrol again. New id: " +
                  models->id() + "\n");
    }
    return kExitOk;
}

int bench_models(const ConfigChoice& choice, const std::string& picture, Output output)
{
    const auto found = find(choice);
    if (!found) return kExitFailed;
    const auto bytes = face::read_model_file(picture);
    const auto engine = face::Engine::open(found->models);
    if (!bytes || !engine) {
        print_error(sentence_of(bytes ? engine.error() : bytes.error()));
        return kExitFailed;
    }
    for (const int threads : {1, 2}) {
        const auto taken = times(**engine, *bytes, threads);
        if (taken.empty()) {
            print_error(printable(picture) + " is no picture that can be used");
            return kExitFailed;
        }
        const double median = taken[taken.size() / 2];
        if (output == Output::Json) {
            print_out(nlohmann::json{{"threads", threads},
                                     {"pictures", taken.size()},
                                     {"min_ms", taken.front()},
                                     {"median_ms", median}}
                          .dump() +
                      "\n");
        } else {
            print_out(
                fmt::format("{} thread(s): {} pictures, fastest {:.1f} ms, median {:.1f} ms\n",
                            threads, taken.size(), taken.front(), median));
        }
    }
    return kExitOk;
}

}  // namespace accessd::app
