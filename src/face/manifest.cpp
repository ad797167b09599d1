#include "face/manifest.h"

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/hash.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace accessd::face {
namespace {

using Json = nlohmann::json;

/// What the way from picture to chip is called; changes when an older embedding no longer compares.
constexpr std::string_view kPreparation = "mesh2-1";

/// More than anybody has; beyond them a number is a slip.
constexpr int kPicturesMax = 1000;
constexpr int kClassesMax = 1000;

/// A manifest being read. Remembers the first thing that is wrong, so that reading stays in one line each.
class Reader {
public:
    Reader(std::string path, const Json& root) : path_(std::move(path)), root_(root) {}

    const Json& root() const { return root_; }
    std::filesystem::path folder() const { return std::filesystem::path{path_}.parent_path(); }

    const Json& member(const Json& object, const char* name, bool required = true)
    {
        static const Json none;
        if (object.is_object() && object.contains(name) && !object.at(name).is_null()) {
            return object.at(name);
        }
        if (required) complain(name, "is missing");
        return none;
    }
    std::string text(const Json& object, const char* name, std::string standard = {})
    {
        const auto& value = member(object, name, standard.empty());
        if (value.is_null()) return standard;
        if (!value.is_string()) complain(name, "must be a text");
        return value.is_string() ? value.get<std::string>() : standard;
    }
    double number(const Json& object, const char* name, std::optional<double> standard = {})
    {
        const auto& value = member(object, name, !standard);
        if (value.is_null()) return standard.value_or(0);
        if (!value.is_number()) complain(name, "must be a number");
        return value.is_number() ? value.get<double>() : 0;
    }
    /// What the engine computes with.
    float real(const Json& object, const char* name, std::optional<double> standard = {})
    {
        return to_float(number(object, name, standard), name);
    }
    int whole(const Json& object, const char* name, int min, int max)
    {
        const double value = number(object, name);
        if (value >= min && value <= max && value == std::floor(value)) {
            return static_cast<int>(value);
        }
        complain(name,
                 "must be a whole number, " + std::to_string(min) + " to " + std::to_string(max));
        return min;
    }
    bool yes_no(const Json& object, const char* name, bool standard)
    {
        const auto& value = member(object, name, false);
        if (value.is_null()) return standard;
        if (!value.is_boolean()) complain(name, "must be true or false");
        return value.is_boolean() ? value.get<bool>() : standard;
    }
    std::vector<float> numbers(const Json& list, const char* name)
    {
        std::vector<float> values;
        if (!list.is_array()) {
            complain(name, "must be a list of numbers");
            return values;
        }
        for (const auto& value : list) {
            if (!value.is_number()) complain(name, "must be a list of numbers");
            values.push_back(value.is_number() ? to_float(value.get<double>(), name) : 0);
        }
        return values;
    }
    std::array<float, 3> three(const Json& object, const char* name, std::array<float, 3> standard)
    {
        const auto& value = member(object, name, false);
        if (value.is_null()) return standard;
        if (value.is_number()) {
            const auto all = to_float(value.get<double>(), name);
            return {all, all, all};
        }
        const auto values = numbers(value, name);
        if (values.size() != 3) complain(name, "must be one number or three");
        return values.size() == 3 ? std::array{values[0], values[1], values[2]} : standard;
    }
    template <class Enum>
    Enum choice(const Json& object, const char* name,
                std::initializer_list<std::pair<std::string_view, Enum>> choices)
    {
        const auto chosen = text(object, name, std::string{choices.begin()->first});
        std::string names;
        for (const auto& [word, value] : choices) {
            if (word == chosen) return value;
            names += (names.empty() ? "" : ", ") + std::string{word};
        }
        complain(name, "must be one of " + names);
        return choices.begin()->second;
    }

    void complain(const char* name, std::string_view what)
    {
        if (problem_.empty()) problem_ = path_ + ": " + name + " " + std::string{what};
    }
    Result<void> done() const
    {
        if (!problem_.empty()) return Error{ErrorCode::Internal, problem_};
        return {};
    }

private:
    float to_float(double value, const char* name)
    {
        if (std::abs(value) <= double{std::numeric_limits<float>::max()}) {
            return static_cast<float>(value);
        }
        complain(name, "is too large a number");
        return 0;
    }

    std::string path_;
    const Json& root_;
    std::string problem_;
};

Result<Json> read_json(const std::string& path)
{
    ACCESSD_TRY(const auto text, read_model_file(path));
    auto json = parse_json(text);
    if (!json) return Error{ErrorCode::Internal, path + ": " + json.error().message};
    if (!json->is_object()) return Error{ErrorCode::Internal, path + ": must be an object"};
    return std::move(*json);
}

Input read_input(Reader& reader, const Json& object)
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

ModelFile read_file(Reader& reader, const Json& object)
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

Embedder read_embedder(Reader& reader, const Json& object)
{
    Embedder embedder;
    embedder.file = read_file(reader, object);
    if (embedder.file.input.size == 0) reader.complain("input", "is missing");
    embedder.alignment = reader.choice(object, "alignment",
                                       {std::pair{std::string_view{"dlib5"}, Alignment::Dlib5},
                                        {"arcface5", Alignment::Arcface5},
                                        {"rotated_box", Alignment::RotatedBox}});
    embedder.box_factor = reader.real(object, "box_factor", 1);
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

CalibrationTable read_table(Reader& reader, const Json& object)
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

Calibration read_calibration_object(Reader& reader, const Json& object)
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
    ACCESSD_TRY(const auto json, read_json(path));
    Reader reader{path, json};
    const auto& runtime = reader.member(json, "runtime");
    models.runtime_path = reader.folder() / reader.text(runtime, "file");
    for (const auto& hash : reader.member(runtime, "sha256")) {
        if (hash.is_string()) models.runtime_sha256.push_back(hash.get<std::string>());
    }
    models.detector = read_file(reader, reader.member(json, "detector"));
    models.mesh = read_file(reader, reader.member(json, "mesh"));
    return reader.done();
}

Result<void> read_embedder_manifest(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_json(path));
    Reader reader{path, json};
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
    ACCESSD_TRY(const auto json, read_json(path));
    Reader reader{path, json};
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
    ACCESSD_TRY(const auto json, read_json(path));
    Reader reader{path, json};
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
