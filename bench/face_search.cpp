// What does it cost to look for one face among 10,000, 100,000 and a million?
//
//   face_search [--faces N]... [--searches N] [--json FILE]
//
// The server's own index, filled as a project's first search fills it, from sealed templates of a store that makes
// them up: unit vectors of 128 numbers. Beside it stands how quickly one core reads that many numbers in the same run:
// an exact search can't be quicker. Every search must find the one face that is near what it looks for.
#include "biometrics/face_index.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"
#include "support/options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace accessd;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kDimension = 128;
constexpr auto kModel = "made-up";

std::vector<float> unit_vector(std::uint32_t seed)
{
    std::mt19937 random{seed};
    std::normal_distribution<float> around{0, 1};
    std::vector<float> numbers(kDimension);
    float squares = 0;
    for (auto& number : numbers) {
        number = around(random);
        squares += number * number;
    }
    for (auto& number : numbers) number /= std::sqrt(squares);
    return numbers;
}

/// Between a face and somebody else's, at a cosine of about 0.9 to the first.
face::Embedding seen_again(std::uint32_t seed)
{
    auto numbers = unit_vector(seed);
    const auto other = unit_vector(~seed);
    for (std::size_t i = 0; i < kDimension; ++i) numbers[i] = 0.9F * numbers[i] + 0.43F * other[i];
    return {kModel, numbers};
}

face::Models models()
{
    face::Models models;
    face::Embedder embedder;
    embedder.dimension = kDimension;
    models.embedders.push_back(embedder);
    models.calibration.model = kModel;
    models.calibration.tables.push_back({1, {{1e-2, 0.6, 0.01}, {1e-4, 0.7, 0.03}}});
    return models;
}

/// So many faces of as many people, under a few keys: opening a key costs what it costs once.
class MadeUpFaces final : public biometrics::FaceStore {
public:
    MadeUpFaces(const biometrics::FaceVault& vault, std::int64_t faces)
        : vault_(vault), faces_(faces), key_(vault.make_key({})), opened_(vault.open(key_).value())
    {
    }

    static std::string id_of(std::int64_t number)
    {
        auto digits = std::to_string(number);
        return "face_" + std::string(29 - digits.size(), '0') + digits;
    }

    Result<biometrics::FaceChanges> changes_after(const std::string& /*project_id*/,
                                                  std::int64_t number, int rows_max) override
    {
        biometrics::FaceChanges changes;
        changes.number = std::min(faces_, number + rows_max);
        changes.is_complete = changes.number == faces_;
        for (auto i = number; i < changes.number; ++i) {
            const auto numbers = unit_vector(static_cast<std::uint32_t>(i));
            const face::Template known{kModel, {numbers}, numbers};
            const auto id = id_of(i);
            changes.faces.push_back(
                {id, "user-" + std::to_string(i), kModel, key_, vault_.seal(known, opened_, id)});
        }
        return changes;
    }

    // What searches don't ask for.
    Result<void> enrol(const biometrics::NewFace&, bool, TimePoint,
                       const events::AuditEntry&) override
    {
        return ErrorCode::Internal;
    }
    Result<Page<biometrics::FaceRecord>> list(const std::string&, const std::string&,
                                              const PageRequest&) override
    {
        return ErrorCode::Internal;
    }
    Result<void> remove(const std::string&, const std::string&, const std::string&, TimePoint, bool,
                        const events::AuditEntry&) override
    {
        return ErrorCode::Internal;
    }
    Result<Page<biometrics::Consent>> consents(const std::string&, const std::string&,
                                               const PageRequest&) override
    {
        return ErrorCode::Internal;
    }
    Result<int> withdraw(const std::string&, const std::string&, const std::string&, TimePoint,
                         bool, const events::AuditEntry&) override
    {
        return ErrorCode::Internal;
    }
    Result<int> remove_unused(const std::string&, TimePoint, bool, TimePoint, int) override
    {
        return ErrorCode::Internal;
    }
    Result<biometrics::Provenance> provenance() override { return ErrorCode::Internal; }
    Result<void> take_as_known() override { return ErrorCode::Internal; }
    Result<int> destroy_again(const std::vector<biometrics::DestroyedFace>&, TimePoint) override
    {
        return ErrorCode::Internal;
    }
    Result<std::string> digest_key(const std::string&, const std::string&) override
    {
        return ErrorCode::Internal;
    }
    Result<std::vector<biometrics::DestroyedFace>> destroyed_after(std::int64_t, int) override
    {
        return ErrorCode::Internal;
    }
    Result<std::vector<biometrics::ModelCount>> count_by_model() override
    {
        return ErrorCode::Internal;
    }
    Result<std::vector<std::string>> users_without(const std::string&, std::string_view,
                                                   const std::string&, int) override
    {
        return ErrorCode::Internal;
    }

private:
    const biometrics::FaceVault& vault_;
    std::int64_t faces_;
    biometrics::FaceKey key_;
    Secret opened_;
};

double memory_mb()
{
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmRSS:", 0) == 0) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

double percentile(std::vector<double> times, double share)
{
    std::sort(times.begin(), times.end());
    const auto last = static_cast<double>(times.size() - 1);
    return times[static_cast<std::size_t>(std::lround(last * share))];
}

/// Reading the numbers once, on one core, in milliseconds: the best of three.
double reading_ms(std::int64_t faces)
{
    const std::vector<float> numbers(static_cast<std::size_t>(faces) * kDimension, 0.5F);
    double best = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        std::array<float, 16> sums{};
        const auto start = Steady::now();
        for (std::size_t i = 0; i < numbers.size(); i += sums.size()) {
            for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += numbers[i + lane];
        }
        const double took = Milliseconds{Steady::now() - start}.count();
        if (sums[0] > 0) best = std::min(best, took);
    }
    return best;
}

void measure(std::int64_t faces, int searches, bench::Report& report)
{
    test::MemoryKeyMaterialStore keys;
    SystemClock clock;
    test::FakeRandom random;
    const auto keyring =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, keys, clock, random).value();
    const biometrics::FaceVault vault{*keyring, random};
    MadeUpFaces store{vault, faces};
    const face::Comparison comparison{models()};
    biometrics::FaceIndex index{store, vault, biometrics::FaceReader{{nullptr, &comparison, false}},
                                clock};
    const auto before = memory_mb();
    const auto start = Steady::now();
    const auto known = index.size("prj_1").value();
    const double filling = std::chrono::duration<double>(Steady::now() - start).count();
    const double memory = memory_mb() - before;
    if (known != static_cast<std::size_t>(faces)) throw std::runtime_error("faces are missing");

    std::vector<double> times;
    std::mt19937 whom{7};
    for (int i = 0; i < searches; ++i) {
        const auto wanted = static_cast<std::uint32_t>(whom() % static_cast<std::uint64_t>(faces));
        const auto probe = seen_again(wanted);
        const auto asked = Steady::now();
        const auto found = index.search("prj_1", probe, 1e-4, 5).value();
        times.push_back(Milliseconds{Steady::now() - asked}.count());
        const bool is_right =
            found.size() == 1 && found[0].user_id == "user-" + std::to_string(wanted);
        if (!is_right) throw std::runtime_error("a search found somebody else");
    }
    report.add_heading("among " + std::to_string(faces) + " faces, one search at a time");
    const bool is_million = faces == 1'000'000;
    const auto bound = [&](double ms) {
        return is_million ? std::optional<double>{ms} : std::nullopt;
    };
    report.add({"search, median", percentile(times, 0.5), "ms", bench::Figure::Better::Lower,
                bound(100), bound(20)});
    report.add({"search, 99th percentile", percentile(times, 0.99), "ms"});
    report.add({"reading as many numbers once", reading_ms(faces), "ms"});
    report.add({"memory of the index", memory, "MB"});
    report.add({"filling it, store and sealing included", filling, "s"});
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"What a search among many faces costs"};
    std::vector<std::int64_t> sizes{10'000, 100'000, 1'000'000};
    int searches = 100;
    bench::Options options;
    app.add_option("--faces", sizes, "How many");
    app.add_option("--searches", searches, "Of each");
    bench::add_json(app, options);
    CLI11_PARSE(app, argc, argv);
    return bench::run_report("face_search", options, [&](bench::Report& report) {
        for (const auto faces : sizes) measure(faces, searches, report);
    });
}
