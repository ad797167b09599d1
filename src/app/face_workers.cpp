#include "app/face_workers.h"

#include "app/terminal.h"
#include "face_worker/engine_task.h"
#include "face_worker/sandbox.h"
#include "face_worker/worker_main.h"
#include "face_worker/worker_process.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace accessd::app {
namespace {

constexpr int kAutomaticWorkersMax = 4;
constexpr int kArgumentCount = 9;  // The program, the command, and what face_pool_settings() lists.
constexpr std::string_view kStrong = "strong";

int worker_count(const config::Biometrics& biometrics)
{
    if (biometrics.workers > 0) return biometrics.workers;
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::clamp(cores / 2, 1, kAutomaticWorkersMax);
}

std::vector<std::string> worker_arguments(const config::Config& config)
{
    const auto& faces = config.biometrics;
    const bool is_strong = faces.profile == config::Biometrics::Profile::Strong;
    return {kFaceWorkerCommand,
            std::to_string(config.biometrics.worker_memory_bytes),
            std::string{is_strong ? kStrong : "default"},
            faces.models_dir,
            faces.embedder_manifest,
            faces.passive_manifest,
            faces.calibration_file,
            faces.detector_manifest};
}

bool is_started_by_a_server()
{
    int type = 0;
    socklen_t size = sizeof(type);
    return ::getsockopt(face_worker::kWorkerSocket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM;
}

}  // namespace

face_worker::FacePoolSettings face_pool_settings(const config::Config& config)
{
    const auto& biometrics = config.biometrics;
    face_worker::FacePoolSettings settings;
    settings.is_on = biometrics.enabled;
    settings.command.arguments = worker_arguments(config);
    settings.command.memory_bytes = biometrics.worker_memory_bytes;
    const int share = std::max(1, config.server.workers / 4);
    settings.workers = std::min(worker_count(biometrics), share);
    settings.places = std::min(settings.workers + biometrics.queue_max, share);
    settings.wait = biometrics.queue_wait;
    settings.request_time = biometrics.picture_time;
    return settings;
}

int run_face_worker(int argc, char** argv)
{
    std::int64_t memory_bytes = 0;
    const std::string_view memory = argc == kArgumentCount ? argv[2] : "";
    std::from_chars(memory.data(), memory.data() + memory.size(), memory_bytes);
    if (memory_bytes <= 0 || !is_started_by_a_server()) {
        print_error(
            "face-worker is what accessd serve starts by itself; there is nothing to type.");
        return kExitUsage;
    }
    face::ModelsSettings settings;
    settings.profile = argv[3] == kStrong ? face::Profile::Strong : face::Profile::Default;
    settings.models_dir = argv[4];
    settings.embedder_manifest = argv[5];
    settings.passive_manifest = argv[6];
    settings.calibration_file = argv[7];
    settings.detector_manifest = argv[8];
    return face_worker::run_worker(memory_bytes,
                                   [&] { return face_worker::open_engine_task(settings); });
}

Finding check_biometrics(const config::Config& config)
{
    constexpr auto kName = "biometrics";
    if (!config.biometrics.enabled) {
        return Finding::ok(kName, "off, as biometrics.enabled says");
    }
    const auto settings = face_pool_settings(config);
    const auto off = [&](const Error& error) {
        return Finding::warn(kName, "off: " + error.detail, "All other ways to log in work.");
    };
    auto worker = face_worker::WorkerProcess::start(settings.command);
    if (!worker) return off(worker.error());
    const std::atomic<bool> is_stopping{false};
    const auto deadline = std::chrono::steady_clock::now() + settings.start_time;
    const auto ready = (*worker)->wait_until_ready(deadline, is_stopping);
    if (!ready) return off(ready.error());
    const auto megabytes = (*worker)->memory_bytes() / 1'000'000;
    return Finding::ok(kName, "models " + ready->model + ", a worker starts and takes " +
                                  std::to_string(megabytes) + " MB");
}

}  // namespace accessd::app
