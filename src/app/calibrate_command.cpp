#include "app/calibrate_command.h"

#include "app/models_commands.h"
#include "app/picture_file.h"
#include "app/terminal.h"
#include "face/accuracy.h"
#include "face/comparison.h"
#include "face/engine.h"
#include "face/manifest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

namespace accessd::app {
namespace {

struct Pair {
    std::string one;
    std::string other;
    bool same = false;
    std::string group;
};

/// Lines imgA,imgB,same[,group] behind a heading. Errors: InvalidRequest, with the line.
Result<std::vector<Pair>> read_pairs(const std::string& path)
{
    ACCESSD_TRY(const auto content, face::read_model_file(path));
    std::istringstream lines{content};
    std::vector<Pair> pairs;
    std::string line;
    std::getline(lines, line);
    for (int number = 2; std::getline(lines, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        std::vector<std::string> cells;
        std::istringstream row{line};
        for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
        const bool is_pair =
            (cells.size() == 3 || cells.size() == 4) && (cells[2] == "0" || cells[2] == "1");
        if (!is_pair) {
            return Error{
                ErrorCode::InvalidRequest,
                fmt::format("line {} isn't imgA,imgB,same[,group] with same 0 or 1", number)};
        }
        pairs.push_back({cells[0], cells[1], cells[2] == "1", cells.size() == 4 ? cells[3] : ""});
    }
    if (pairs.empty()) return Error{ErrorCode::InvalidRequest, "the file holds no pairs"};
    return pairs;
}

/// Looks at every picture once.
class Embeddings {
public:
    Embeddings(const face::Engine& engine, std::filesystem::path folder)
        : engine_(engine), folder_(std::move(folder))
    {
    }

    /// Null where the picture can't be read or shows no face.
    const face::Embedding* of(const std::string& name)
    {
        const auto [at, is_new] = known_.try_emplace(name);
        if (is_new) at->second = look(folder_ / name);
        return at->second ? &*at->second : nullptr;
    }
    int without_face() const { return without_face_; }

private:
    std::optional<face::Embedding> look(const std::filesystem::path& path)
    {
        const auto bytes = face::read_model_file(path);
        const auto picture = bytes ? to_picture(*bytes) : bytes.error();
        if (picture) {
            auto found = engine_.analyse(*picture, {.purpose = face::Purpose::Detect});
            if (found && found->embedding) return std::move(found->embedding);
        }
        ++without_face_;
        print_error(printable(path.string()) +
                    " can't be read or shows no face; its pairs are left out");
        return std::nullopt;
    }

    const face::Engine& engine_;
    std::filesystem::path folder_;
    std::map<std::string, std::optional<face::Embedding>> known_;
    int without_face_ = 0;
};

std::string percent(const face::Share& share)
{
    return fmt::format("{:.3f} % ({:.3f} to {:.3f})", 100 * share.value, 100 * share.low,
                       100 * share.high);
}

nlohmann::json to_json(const face::Share& share)
{
    return {{"value", share.value}, {"low", share.low}, {"high", share.high}};
}

void print(const std::string& name, const face::Accuracy& accuracy, Output output)
{
    if (output == Output::Json) {
        nlohmann::json rows = nlohmann::json::array();
        for (const auto& row : accuracy.rows) {
            rows.push_back({{"fmr", row.fmr},
                            {"threshold", row.threshold},
                            {"false_matches", to_json(row.false_matches)},
                            {"false_non_matches", to_json(row.false_non_matches)}});
        }
        print_out(nlohmann::json{{"group", name},
                                 {"genuine_pairs", accuracy.genuine},
                                 {"impostor_pairs", accuracy.impostor},
                                 {"equal_error", accuracy.equal_error},
                                 {"rows", rows}}
                      .dump() +
                  "\n");
        return;
    }
    print_out(fmt::format("{}: {} pairs of one person, {} of two; equal error rate {:.2f} %\n",
                          printable(name), accuracy.genuine, accuracy.impostor,
                          100 * accuracy.equal_error));
    for (const auto& row : accuracy.rows) {
        print_out(fmt::format("  FMR {:<7g} score {:.4f}  false matches {}  false non-matches {}\n",
                              row.fmr, row.threshold, percent(row.false_matches),
                              percent(row.false_non_matches)));
    }
}

/// What the table that is in use does with the pairs.
void print_in_use(const std::vector<Pair>& pairs, Embeddings& embeddings,
                  const face::Comparison& comparison)
{
    for (const double rate : {1e-2, 1e-3, 1e-4}) {
        long genuine = 0, refused = 0, impostor = 0, passed = 0;
        for (const auto& pair : pairs) {
            const auto* one = embeddings.of(pair.one);
            const auto* other = embeddings.of(pair.other);
            if (!one || !other) continue;
            const bool matches =
                comparison.compare(*one, *other, rate).decision == face::Decision::Match;
            ++(pair.same ? genuine : impostor);
            if (pair.same && !matches) ++refused;
            if (!pair.same && matches) ++passed;
        }
        print_out(fmt::format(
            "in use, match_fmr {:g}: {} of {} rightful refused, {} of {} others passed\n", rate,
            refused, genuine, passed, impostor));
    }
}

int write(const std::string& path, const face::Calibration& calibration)
{
    if (std::filesystem::exists(path)) {
        print_error(printable(path) + " exists; choose another name");
        return kExitFailed;
    }
    std::ofstream file{path};
    file << face::to_json(calibration) << "\n";
    file.flush();
    if (!file) {
        print_error(printable(path) + " can't be written");
        return kExitFailed;
    }
    print_out("Written. To use it: [faces] calibration_file = " +
              nlohmann::json(std::filesystem::absolute(path).string()).dump() + "\n");
    return kExitOk;
}

}  // namespace

int calibrate_faces(const ConfigChoice& choice, const CalibrateWish& wish, Output output)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    const auto models = face::find_models(models_settings(loaded->config.faces));
    const auto engine = models ? face::Engine::open(*models) : models.error();
    const auto pairs = read_pairs(wish.pairs_file);
    if (!engine || !pairs) {
        print_error(sentence_of(pairs ? engine.error() : pairs.error()));
        return kExitFailed;
    }

    const face::Comparison comparison{*models};
    Embeddings embeddings{**engine, std::filesystem::path{wish.pairs_file}.parent_path()};
    std::vector<face::ScoredPair> scored;
    for (const auto& pair : *pairs) {
        const auto* one = embeddings.of(pair.one);
        const auto* other = embeddings.of(pair.other);
        if (!one || !other) continue;
        scored.push_back({comparison.raw_score(one->values, other->values), pair.same, pair.group});
    }

    const auto accuracy = face::accuracy_of(scored);
    print(models->id(), accuracy, output);
    for (const auto& [group, members] : face::by_group(scored)) {
        print(group, face::accuracy_of(members), output);
    }
    if (output == Output::Text) print_in_use(*pairs, embeddings, comparison);
    if (wish.out_file.empty()) return kExitOk;

    auto calibration = models->calibration;
    calibration.tables = face::tables_of(accuracy);
    calibration.source =
        fmt::format("accessd biometrics calibrate: {} pairs of one person, {} of two",
                    accuracy.genuine, accuracy.impostor);
    if (calibration.tables.empty()) {
        print_error(
            "these are too few pairs for a calibration: at least 1,000 of two people are needed");
        return kExitFailed;
    }
    return write(wish.out_file, calibration);
}

}  // namespace accessd::app
