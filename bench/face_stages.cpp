// What does each stage of looking at a face cost, and the whole, on one thread and two?
//
//   face_stages [--models DIR] [--picture FILE] [--runs N] [--json FILE]
//
// Of a camera's picture of 640 x 480 with one face, as the hosted login page sends it, and of a large one. Beside it stands what one core can multiply and add at most, measured in the same run, and how long the models'
// arithmetic would take at that rate: they can't be quicker. Times are of the processor, but for pictures a second.
#include "face/engine.h"
#include "face/fingerprint.h"
#include "face/manifest.h"
#include "face/models.h"
#include "face/raster.h"
#include "picture/decode.h"
#include "support/pictures.h"
#include "support/program.h"
#include "support/report.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace accessd;
using bench::Figure;
using bench::Report;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// Processor time of the calling thread: the engine works on no other one, and what else the machine does at
/// the moment doesn't count.
double thread_ms()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double time_of(const std::function<void()>& work)
{
    const double start = thread_ms();
    work();
    return thread_ms() - start;
}

/// Returns the fastest, and reports the median.
double measure(Report& report, const char* name, int runs, const std::function<void()>& work,
               std::optional<double> must = {}, std::optional<double> aim = {})
{
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) times.push_back(time_of(work));
    std::sort(times.begin(), times.end());
    report.add({name, times[times.size() / 2], "ms", Figure::Better::Lower, must, aim});
    return times.front();
}

double per_second(int threads, int runs, const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> all;
        for (int thread = 0; thread < threads; ++thread) {
            all.emplace_back([&] {
                for (int i = 0; i < runs; ++i) work();
            });
        }
    }
    const double took = Milliseconds{std::chrono::steady_clock::now() - start}.count();
    return 1000.0 * threads * runs / took;
}

// Multiplications and additions of the shipped models, in billions, by what their graphs say: the detector at 256 x 256, a pass
// of the mesh, of the embedder (a face and its mirror image take two), of the one that `strong` adds.
constexpr double kDetector = 0.378;
constexpr double kMesh = 0.071;
constexpr double kEmbedder = 0.542;
constexpr double kSecondEmbedder = 1.136;

double arithmetic_of(bool is_strong)
{
    return kDetector + 2 * kMesh + 2 * kEmbedder + (is_strong ? kSecondEmbedder : 0);
}

using Lane = float __attribute__((vector_size(32)));
constexpr std::size_t kLanes = 10;  ///< Enough that no addition waits for the one before.
volatile float lane_start =
    0.5F;  ///< Unknown to the compiler, which would make one lane of equal ones.

#if defined(__x86_64__)
__attribute__((target("avx2,fma")))
#endif
void multiply_and_add(int rounds, std::array<float, 8>& out)
{
    std::array<Lane, kLanes> sums{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sums[lane] = Lane{} + lane_start * static_cast<float>(lane);
    }
    const Lane factor = Lane{} + 0.999F;
    const Lane added = Lane{} + 0.001F;
    for (int i = 0; i < rounds; ++i) {
#pragma GCC unroll 10
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sums[lane] = sums[lane] * factor + added;
        }
    }
    // Of its own: what is added to here lives in memory, and memory is slower than arithmetic.
    Lane total{};
#pragma GCC unroll 10
    for (std::size_t lane = 0; lane < kLanes; ++lane) total += sums[lane];
    for (std::size_t i = 0; i < 8; ++i) out[i] = total[i];
}

/// Multiplications and additions a second of one core, in billions, on numbers that stay in registers.
double arithmetic_limit()
{
    constexpr int kRounds = 5'000'000;
    std::array<float, 8> sink{};
    double best = 0;
    for (int repeat = 0; repeat < 5; ++repeat) {
        const double ms = time_of([&] { multiply_and_add(kRounds, sink); });
        best = std::max(best, 2.0 * 8 * kLanes * kRounds / ms / 1e6);
    }
    return sink[0] < 0 ? 0 : best;
}

long memory_kb()
{
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
    }
    return 0;
}

}  // namespace

namespace {

struct Shown {
    std::string bytes;
    face::Picture picture;
};

face::Wanted wanted(bool embedding, bool fingerprint)
{
    return {.purpose = face::Purpose::Login,
            .mesh = fingerprint,
            .embedding = embedding,
            .fingerprint = fingerprint};
}

/// How a picture is told from the person's pictures of the last 30 days.
void measure_copies(Report& report, const face::Engine& engine, const Shown& shown, int runs)
{
    constexpr int kKept = 100;
    const auto seen = engine.analyse(shown.picture, wanted(false, true));
    if (!seen || !seen->fingerprint) return;
    const auto kept = face::kept_part(*seen->fingerprint);
    measure(report, "compare with 100 pictures seen before", runs, [&] {
        for (int i = 0; i < kKept; ++i) (void)face::same_picture(*seen->fingerprint, kept);
    });
}

constexpr double kWholeMust = 60;
constexpr double kWholeAim = 40;

void measure_profile(Report& report, const face::Engine& engine, const Shown& shown, int runs,
                     double limit, face::Profile profile, bool has_targets)
{
    const auto look = [&](bool embedding, bool fingerprint) {
        (void)engine.analyse(shown.picture, wanted(embedding, fingerprint));
    };
    measure(report, "decode", runs, [&] { (void)picture::decode(shown.bytes); });
    measure(report, "detect, mesh twice, quality", runs, [&] { look(false, false); });
    measure(report, "the same and a fingerprint", runs, [&] { look(false, true); });
    measure(report, "the same and an embedding", runs, [&] { look(true, false); });
    measure_copies(report, engine, shown, runs);
    const auto compared = [&] {
        (void)picture::decode(shown.bytes);
        look(true, false);
    };
    const auto login = [&] {
        (void)picture::decode(shown.bytes);
        look(true, true);
    };
    const bool is_strong = profile == face::Profile::Strong;
    std::optional<double> must, aim;
    if (has_targets && !is_strong) {
        must = kWholeMust;
        aim = kWholeAim;
    }
    const double whole = measure(report, "whole: decode to embedding", runs, compared);
    measure(report, "whole, with a fingerprint (a login)", runs, login, must, aim);
    const double floor = 1000 * arithmetic_of(is_strong) / limit;
    report.add({"arithmetic of its models at the core's limit", floor, "ms"});
    report.add(
        {"share of that in the fastest whole", 100 * floor / whole, "%", Figure::Better::Higher});
    for (const int threads : {1, 2}) {
        const auto on = threads == 1 ? std::string{", one thread"} : std::string{", two threads"};
        report.add({"pictures, decode to embedding" + on, per_second(threads, runs, compared), "/s",
                    Figure::Better::Higher});
        report.add({"pictures, as logins take them" + on, per_second(threads, runs, login), "/s",
                    Figure::Better::Higher});
    }
}

/// The chosen face of a large picture as a camera of 640 x 480 shows it to whoever holds a phone. Throws std::runtime_error.
Shown selfie(const face::Engine& engine, const face::Picture& large)
{
    constexpr int kWidth = 640;
    constexpr int kHeight = 480;
    constexpr double kFaceHeight = 240;
    const auto seen = engine.analyse(large, wanted(false, false));
    if (!seen || seen->faces.empty()) throw std::runtime_error{"no face is found in the picture"};
    const auto& box = seen->faces.front().box;
    const auto centre = face::centre_of(box);
    const double scale = box.height / kFaceHeight;
    const face::Similarity to_large{scale, 0, centre.x - scale * kWidth / 2,
                                    centre.y - scale * kHeight / 2};
    const auto cut = face::crop(large, to_large, kWidth, kHeight);
    auto bytes = test::to_jpeg({cut.width, cut.height, cut.pixels});
    auto decoded = picture::decode(bytes).value();
    return {std::move(bytes), {decoded.width, decoded.height, std::move(decoded.rgb)}};
}

std::unique_ptr<face::Engine> open_engine(const face::ModelsSettings& settings, double& took_ms)
{
    std::unique_ptr<face::Engine> engine;
    took_ms = time_of([&] {
        const auto models = face::find_models(settings);
        if (!models) throw std::runtime_error{models.error().detail};
        auto opened = face::Engine::open(*models);
        if (!opened) throw std::runtime_error{opened.error().detail};
        engine = std::move(*opened);
    });
    return engine;
}

void run(face::ModelsSettings settings, const std::string& picture_file, int runs, Report& report)
{
    const auto bytes = face::read_model_file(picture_file);
    const auto decoded = bytes ? picture::decode(*bytes) : bytes.error();
    if (!decoded) throw std::runtime_error{picture_file + ": " + decoded.error().detail};
    const Shown large{*bytes, {decoded->width, decoded->height, decoded->rgb}};
    const double limit = arithmetic_limit();
    report.add_heading("The core");
    report.add({"multiplies and adds, at most", limit, "GFLOP/s", Figure::Better::Higher});
    for (const auto profile : {face::Profile::Default, face::Profile::Strong}) {
        settings.profile = profile;
        double opening = 0;
        const auto engine = open_engine(settings, opening);
        const auto small = selfie(*engine, large.picture);
        const std::string name = profile == face::Profile::Strong ? "strong" : "default";
        for (const auto& [shown, of] :
             {std::pair{&small, "640 x 480"}, std::pair{&large, "large picture"}}) {
            report.add_heading(name + ", " + of);
            measure_profile(report, *engine, *shown, runs, limit, profile, shown == &small);
        }
        report.add_heading("Profile " + name);
        report.add({"open the models", opening, "ms"});
        report.add({"memory of the process", static_cast<double>(memory_kb()) / 1024, "MB",
                    Figure::Better::Lower, 250, 170});
    }
    report.add_note("The large picture has " + std::to_string(large.picture.width) + " x " +
                    std::to_string(large.picture.height) +
                    " pixels. Times are of the processor, medians.");
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"What each stage of looking at a face costs"};
    face::ModelsSettings settings;
    std::string picture_file;
    std::string json;
    int runs = 40;
    app.add_option("--models", settings.models_dir, "Folder of the models");
    app.add_option("--picture", picture_file, "JPEG or PNG with a face");
    app.add_option("--runs", runs, "Of each stage");
    app.add_option("--json", json, "Where to write the figures");
    CLI11_PARSE(app, argc, argv);
    if (settings.models_dir.empty()) settings.models_dir = "build/models";
    if (picture_file.empty()) picture_file = settings.models_dir + "/samples/sample3.jpg";

    return bench::run_program("face_stages", [&] {
        Report report;
        run(settings, picture_file, runs, report);
        report.print();
        if (!json.empty()) report.write_json(json);
    });
}
