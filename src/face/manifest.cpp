#include "face/manifest.h"

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "face/manifest_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace accessd::face {
namespace {

/// What the way from picture to chip is called; changes when an older embedding no longer compares.
constexpr std::string_view kPreparation = "mesh2-1";

/// More than anybody has; beyond them a number is a slip.
constexpr int kPicturesMax = 1000;
constexpr int kClassesMax = 1000;

Input read_input(ManifestReader& reader, const Json& object)
{
    Input input;
    input.size = reader.whole(object, "size", 16, 1024);
    input.colours = reader.choice(
        object, "colours",
        {std::pair{std::string_view{"rgb"}, ColourOrder::Rgb}, {"bgr", ColourOrder::Bgr}});
    input.layout =
        reader.choice(object, "layout",
                      {std::pair{std::string_view{"nchw"}, Layout::Nchw}, {"nhwc", Layout::Nhwc}});
    input.mean = reader.three(object, "mean", {});
    input.scale = reader.three(object, "scale", {1, 1, 1});
    return input;
}

}  // namespace

Result<Json> read_manifest(const std::string& path)
{
    ACCESSD_TRY(const auto text, read_model_file(path));
    auto json = parse_json(text);
    if (!json) return Error{ErrorCode::Internal, path + ": " + json.error().message};
    if (!json->is_object()) return Error{ErrorCode::Internal, path + ": must be an object"};
    return std::move(*json);
}

ModelFile read_file(ManifestReader& reader, const Json& object)
{
    ModelFile file;
    const auto name = reader.text(object, "file");
    file.name = std::filesystem::path{name}.stem();
    file.path = reader.folder() / name;
    file.sha256 = reader.text(object, "sha256");
    if (const auto& known = reader.member(object, "self_test", false); !known.is_null()) {
        file.known_output = reader.text(known, "output");
        file.known_values = reader.numbers(reader.member(known, "values"), "values");
        file.known_amplitude = reader.real(known, "amplitude", 1);
        const auto& values = file.known_values;
        if (std::all_of(values.begin(), values.end(), [](float v) { return v == 0; })) {
            reader.complain("values", "must not all be 0, which tells nothing");
        }
    }
    if (const auto& input = reader.member(object, "input", false); !input.is_null()) {
        file.input = read_input(reader, input);
    }
    return file;
}

namespace {

Embedder read_embedder(ManifestReader& reader, const Json& object)
{
    Embedder embedder;
    embedder.file = read_file(reader, object);
    if (embedder.file.input.size == 0) reader.complain("input", "is missing");
    embedder.alignment = reader.choice(object, "alignment",
                                       {std::pair{std::string_view{"dlib5"}, Alignment::Dlib5},
                                        {"arcface5", Alignment::Arcface5},
                                        {"rotated_box", Alignment::RotatedBox}});
    embedder.box_factor = reader.real(object, "box_factor", 1);
    // Either orders pairs of vectors of length 1 as the other does: scores are cosines. Any other metric isn't computed here.
    reader.choice(object, "metric",
                  {std::pair{std::string_view{"cosine"}, true}, {"euclidean", true}});
    embedder.mirrored = reader.yes_no(object, "mirrored", true);
    embedder.output = reader.text(object, "output", "-");
    if (embedder.output == "-") embedder.output.clear();
    embedder.dimension = reader.whole(object, "dimension", 2, 4096);
    if (const auto& centre = reader.member(object, "centre", false); !centre.is_null()) {
        embedder.centre = reader.numbers(centre, "centre");
        if (embedder.centre.size() != static_cast<std::size_t>(embedder.dimension)) {
            reader.complain("centre", "must have as many numbers as dimension says");
        }
    }
    embedder.weight = reader.real(object, "weight", 1);
    embedder.impostor_mean = reader.real(object, "impostor_mean", 0);
    embedder.impostor_deviation = reader.real(object, "impostor_deviation", 1);
    if (!(embedder.impostor_deviation > 0)) {
        reader.complain("impostor_deviation", "must be above 0");
    }
    return embedder;
}

CalibrationTable read_table(ManifestReader& reader, const Json& object)
{
    CalibrationTable table;
    table.pictures = reader.whole(object, "pictures", 1, kPicturesMax);
    for (const auto& row : reader.member(object, "points")) {
        const bool has_numbers =
            row.is_array() && row.size() == 3 &&
            std::all_of(row.begin(), row.end(), [](const auto& v) { return v.is_number(); });
        if (!has_numbers) {
            reader.complain("points",
                            "must be lists of three: rate of false matches, score, rate of "
                            "false non-matches");
            break;
        }
        table.points.push_back({row[0].get<double>(), row[1].get<double>(), row[2].get<double>()});
    }
    const auto& points = table.points;
    const bool falls =
        std::adjacent_find(points.begin(), points.end(), [](const auto& a, const auto& b) {
            return !(a.fmr > b.fmr && a.score < b.score);
        }) == points.end();
    const bool has_order =
        falls && points.size() >= 2 && points.front().fmr <= 1 && points.back().fmr > 0;
    if (!has_order) {
        reader.complain("points", "must be at least two, with falling rates and rising scores");
    }
    return table;
}

Calibration read_calibration_object(ManifestReader& reader, const Json& object)
{
    Calibration calibration;
    calibration.score_min = reader.number(object, "score_min");
    calibration.score_max = reader.number(object, "score_max");
    if (!(calibration.score_min < calibration.score_max)) {
        reader.complain("score_max", "must be above score_min");
    }
    calibration.source = reader.text(object, "source");
    for (const auto& table : reader.member(object, "tables")) {
        calibration.tables.push_back(read_table(reader, table));
    }
    const auto& tables = calibration.tables;
    const bool rises =
        std::adjacent_find(tables.begin(), tables.end(), [](const auto& a, const auto& b) {
            return a.pictures >= b.pictures;
        }) == tables.end();
    if (tables.empty() || !rises || tables.front().pictures != 1) {
        reader.complain("tables", "must start with the one for 1 picture and rise");
    }
    return calibration;
}

bool is_list_of_objects(const Json& list)
{
    return list.is_array() && !list.empty() &&
           std::all_of(list.begin(), list.end(), [](const auto& item) { return item.is_object(); });
}

/// A name that changes with every number that changes an embedding.
std::string id_of(const std::string& name, const Json& embedders, const ModelFile& mesh)
{
    Json bare = embedders;
    for (auto& embedder : bare) {
        for (const auto* const other :
             {"self_test", "weight", "impostor_mean", "impostor_deviation"}) {
            embedder.erase(other);
        }
    }
    const auto all = bare.dump() + mesh.sha256 + std::string{kPreparation};
    return name + "-" + to_hex(crypto::sha256(all)).substr(0, 12);
}

}  // namespace

Result<std::string> read_model_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream content;
    if (file) content << file.rdbuf();
    if (!file || file.bad()) return Error{ErrorCode::Internal, path + " can't be read"};
    return std::move(content).str();
}

Result<void> read_base_manifest(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_manifest(path));
    ManifestReader reader{path, json};
    const auto& runtime = reader.member(json, "runtime");
    models.runtime_path = reader.folder() / reader.text(runtime, "file");
    for (const auto& hash : reader.member(runtime, "sha256")) {
        if (hash.is_string()) models.runtime_sha256.push_back(hash.get<std::string>());
    }
    models.detector = read_detector(reader, reader.member(json, "detector"));
    models.mesh = read_file(reader, reader.member(json, "mesh"));
    return reader.done();
}

Result<void> read_embedder_manifest(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_manifest(path));
    ManifestReader reader{path, json};
    models.embedders.clear();
    const auto& embedders = reader.member(json, "embedders");
    if (!is_list_of_objects(embedders)) reader.complain("embedders", "must be a list of models");
    ACCESSD_CHECK(reader.done());
    for (const auto& embedder : embedders) {
        models.embedders.push_back(read_embedder(reader, embedder));
    }
    models.calibration = read_calibration_object(reader, reader.member(json, "calibration"));
    models.calibration.model = id_of(reader.text(json, "name"), embedders, models.mesh);
    return reader.done();
}

Result<void> read_passive_manifest(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_manifest(path));
    ManifestReader reader{path, json};
    models.passive_name = reader.text(json, "name");
    models.passive_threshold = reader.real(json, "threshold");
    for (const auto& object : reader.member(json, "models")) {
        PassiveModel model;
        model.file = read_file(reader, object);
        if (model.file.input.size == 0) reader.complain("input", "is missing");
        model.crop_factor = reader.real(object, "crop_factor");
        if (!(model.crop_factor >= 0.5F && model.crop_factor <= 8)) {
            reader.complain("crop_factor", "must be 0.5 to 8");
        }
        model.live_class = reader.whole(object, "live_class", 0, kClassesMax - 1);
        model.softmax = reader.yes_no(object, "softmax", true);
        models.passive.push_back(std::move(model));
    }
    if (models.passive.empty()) reader.complain("models", "must be a list of models");
    if (!(models.passive_threshold > 0 && models.passive_threshold < 1)) {
        reader.complain("threshold", "must be between 0 and 1");
    }
    return reader.done();
}

Result<void> read_calibration(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_manifest(path));
    ManifestReader reader{path, json};
    const auto model = reader.text(json, "model");
    if (model != models.id()) {
        reader.complain("model", "is " + model + ", but the installed one is " + models.id() +
                                     "; run accessd biometrics calibrate again");
    }
    auto calibration = read_calibration_object(reader, json);
    calibration.model = model;
    ACCESSD_CHECK(reader.done());
    models.calibration = std::move(calibration);
    return {};
}

std::string to_json(const Calibration& calibration)
{
    Json tables = Json::array();
    for (const auto& table : calibration.tables) {
        Json points = Json::array();
        for (const auto& point : table.points) {
            points.push_back({point.fmr, point.score, point.fnmr});
        }
        tables.push_back({{"pictures", table.pictures}, {"points", points}});
    }
    return Json{{"model", calibration.model},
                {"score_min", calibration.score_min},
                {"score_max", calibration.score_max},
                {"source", calibration.source},
                {"tables", tables}}
        .dump(2);
}

}  // namespace accessd::face
