#include "base/log.h"
#include "face_worker/face_pool.h"

#include <algorithm>
#include <utility>

namespace accessd::face_worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often idle workers are looked at: one that the kernel ended says nothing.
constexpr milliseconds kLook{1000};
constexpr milliseconds kFirstPause{1000};
constexpr milliseconds kLongestPause{60'000};

}  // namespace

void FacePool::start()
{
    if (!settings_.is_on) {
        availability_.reason = "switched off by biometrics.enabled";
        has_failed_ = true;
        return;
    }
    is_stopping_ = false;
    keeper_ = std::thread{[this] { keep(); }};
}

/// The keeper's thread: buries who ended, and starts workers until there is one more than can be running.
void FacePool::keep()
{
    Lock lock{mutex_};
    while (!is_stopping_) {
        drop_dead(lock);
        const bool is_complete = processes() > static_cast<std::size_t>(settings_.workers);
        const auto now = steady_clock::now();
        if (!is_complete && now >= next_start_) {
            start_one(lock);
            continue;
        }
        const auto until = is_complete ? now + kLook : std::min(now + kLook, next_start_);
        has_work_.wait_until(lock, until, [this] { return is_stopping_ || !dead_.empty(); });
    }
}

void FacePool::drop_dead(Lock& lock)
{
    for (auto& worker : idle_) {
        if (worker->is_quiet()) continue;
        count_loss(Loss::Died, worker->pid());
        dead_.push_back(std::move(worker));
    }
    std::erase(idle_, nullptr);
    const auto dead = std::exchange(dead_, {});
    lock.unlock();  // Giving back its memory takes the kernel a while.
    for (const auto& worker : dead) {
        const auto pid = static_cast<int>(worker->pid());
        log::info("a face worker ended", {{"pid", pid}, {"how", worker->end()}});
    }
    lock.lock();
}

void FacePool::start_one(Lock& lock)
{
    lock.unlock();
    auto started = WorkerProcess::start(settings_.command);
    auto ready = started ? (*started)->wait_until_ready(steady_clock::now() + settings_.start_time,
                                                        is_stopping_)
                         : Result<ReadyNote>{started.error()};
    lock.lock();
    if (is_stopping_) return;
    note_start(std::move(ready), started ? *std::move(started) : nullptr);
}

void FacePool::note_start(Result<ReadyNote> ready, std::unique_ptr<WorkerProcess> worker)
{
    has_failed_ = !ready.has_value();
    if (has_failed_) {
        pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
        next_start_ = steady_clock::now() + pause_;
        const bool is_news = availability_.reason != ready.error().detail;
        if (processes() == 0) availability_ = {.is_on = false, .reason = ready.error().detail};
        if (is_news) log::warn("biometrics are off", {{"reason", ready.error().detail}});
        changed_.notify_all();
        return;
    }
    if (!availability_.is_on) log::info("biometrics are on", {{"model", ready->model}});
    pause_ = milliseconds{0};
    next_start_ = {};
    availability_ = {
        .is_on = true, .reason = {}, .model = ready->model, .has_passive = ready->has_passive};
    idle_.push_back(std::move(worker));
    changed_.notify_all();
}

}  // namespace accessd::face_worker
