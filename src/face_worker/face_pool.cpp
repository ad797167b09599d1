#include "face_worker/face_pool.h"

#include "base/log.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace accessd::face_worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kRetryAfter{1};
constexpr std::chrono::seconds kRetryAfterBroken{30};

std::string_view to_text(Loss loss)
{
    switch (loss) {
    case Loss::Died: return "died";
    case Loss::Hung: return "hung";
    case Loss::Memory: return "memory";
    case Loss::Protocol: return "protocol";
    }
    std::abort();
}

}  // namespace

FacePool::FacePool(FacePoolSettings settings, metrics::Metrics& metrics)
    : settings_(std::move(settings)),
      metrics_(metrics),
      ready_gauge_(metrics.gauge("accessd_face_workers", "Face workers that are ready or running")),
      queue_gauge_(
          metrics.gauge("accessd_face_queue_length", "Requests that wait for a face worker")),
      memory_gauge_(metrics.gauge("accessd_face_worker_memory_bytes",
                                  "Resident memory of the largest idle face worker"))
{
    metrics.before_scrape([this] { update_gauges(); });
}

void FacePool::stop()
{
    if (is_stopping_.exchange(true)) return;
    {
        const Lock lock{mutex_};  // Whoever just looked is waiting by now.
    }
    changed_.notify_all();
    has_work_.notify_all();
    keeper_.join();
    const Lock lock{mutex_};
    idle_.clear();
    dead_.clear();
}

Result<FacePool::Lease> FacePool::lease()
{
    Lock lock{mutex_};
    if (is_hopeless()) return unavailable();
    const auto taken = waiting_.size() + static_cast<std::size_t>(running_);
    if (taken >= static_cast<std::size_t>(settings_.places)) return busy();
    auto worker = wait_for_turn(lock);
    if (!worker) return processes() == 0 || is_stopping_ ? unavailable() : busy();
    return Lease{*this, std::move(worker)};
}

bool FacePool::has_turn(std::uint64_t ticket) const
{
    return is_hopeless() ||
           (waiting_.front() == ticket && running_ < settings_.workers && !idle_.empty());
}

/// Nothing when the wait was too long.
std::unique_ptr<WorkerProcess> FacePool::wait_for_turn(Lock& lock)
{
    const auto ticket = next_ticket_++;
    const auto deadline = steady_clock::now() + settings_.wait;
    waiting_.push_back(ticket);
    std::unique_ptr<WorkerProcess> worker;
    while (!worker && !is_hopeless()) {
        if (!changed_.wait_until(lock, deadline, [&] { return has_turn(ticket); })) break;
        if (is_hopeless()) break;
        worker = take_quiet_worker();
    }
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
    if (worker) ++running_;
    changed_.notify_all();  // The next in line.
    return worker;
}

/// The one that became idle last: its memory is warm. One that ended meanwhile is put aside.
std::unique_ptr<WorkerProcess> FacePool::take_quiet_worker()
{
    while (!idle_.empty()) {
        auto worker = std::move(idle_.back());
        idle_.pop_back();
        if (worker->is_quiet()) return worker;
        count_loss(Loss::Died, worker->pid());
        dead_.push_back(std::move(worker));
        has_work_.notify_one();
    }
    return nullptr;
}

std::optional<Reply> FacePool::Lease::ask(RequestKind kind, std::string_view body)
{
    if (!worker_) return std::nullopt;
    auto reply = worker_->ask(kind, body, pool_->settings_.request_time);
    if (reply) return *std::move(reply);
    pool_->count_loss(reply.error(), worker_->pid());
    worker_->kill();
    // At once: who waits must not wait for what this request still has to do.
    pool_->take_back(nullptr, std::move(worker_));
    return std::nullopt;
}

void FacePool::take_back(std::unique_ptr<WorkerProcess> worker, std::unique_ptr<WorkerProcess> lost)
{
    {
        const Lock lock{mutex_};
        --running_;
        if (worker) idle_.push_back(std::move(worker));
        if (lost) {
            dead_.push_back(std::move(lost));
            has_work_.notify_one();
        }
    }
    changed_.notify_all();
}

Error FacePool::busy() const
{
    Error error{ErrorCode::Busy, "all face workers and the queue before them are full"};
    error.retry_after = kRetryAfter;
    return error;
}

Error FacePool::unavailable() const
{
    Error error{ErrorCode::BiometricsUnavailable, availability_.reason};
    error.retry_after = has_failed_ ? kRetryAfterBroken : kRetryAfter;
    return error;
}

face::Availability FacePool::availability() const
{
    const Lock lock{mutex_};
    return availability_;
}

void FacePool::count_loss(Loss loss, pid_t pid)
{
    const auto cause = to_text(loss);
    metrics_
        .counter("accessd_face_workers_lost_total", "Face workers that ended unasked, by cause",
                 {{"cause", std::string{cause}}})
        .add();
    log::warn("a face worker was lost", {{"cause", cause}, {"pid", static_cast<int>(pid)}});
}

void FacePool::update_gauges()
{
    const Lock lock{mutex_};
    std::int64_t largest = 0;
    for (const auto& worker : idle_) largest = std::max(largest, worker->memory_bytes());
    ready_gauge_.set(static_cast<double>(processes()));
    queue_gauge_.set(static_cast<double>(waiting_.size()));
    memory_gauge_.set(static_cast<double>(largest));
}

}  // namespace accessd::face_worker
