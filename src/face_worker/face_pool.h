#pragma once

#include "base/result.h"
#include "face/analyst.h"
#include "face_worker/worker_process.h"
#include "metrics/metrics.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace accessd::face_worker {

struct FacePoolSettings {
    bool is_on = true;  ///< Else nothing is started, and availability says so.
    WorkerCommand command;
    int workers =
        1;  ///< Requests that run at a time. One process more waits, ready, for one to be lost.
    /// Requests that run or wait. Each holds a request worker of the server, so that this alone keeps faces from
    /// slowing anything else; further ones are Busy at once.
    int places = 4;
    std::chrono::milliseconds wait{2000};            ///< For a worker to become free; then Busy.
    std::chrono::milliseconds request_time{10'000};  ///< For one picture; then its worker is ended.
    std::chrono::milliseconds start_time{60'000};    ///< For the models to load.
};

/// Worker processes, and whose turn it is. A lost one is replaced by the one that stands ready, and that by a new
/// one, without anybody waiting. A worker that can't start is tried again after 1 s, doubling to a minute.
/// Threads: safe to call concurrently, except start() and stop().
class FacePool {
public:
    FacePool(FacePoolSettings settings, metrics::Metrics& metrics);
    ~FacePool() { stop(); }
    FacePool(const FacePool&) = delete;
    FacePool& operator=(const FacePool&) = delete;

    /// Returns at once; workers get ready meanwhile.
    void start();
    /// Ends all workers. Nobody may hold a lease any more.
    void stop();

    /// A worker for one request of the server, given back in the end.
    class Lease {
    public:
        Lease(FacePool& pool, std::unique_ptr<WorkerProcess> worker)
            : pool_(&pool), worker_(std::move(worker))
        {
        }
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease()
        {
            if (worker_) pool_->take_back(std::move(worker_), nullptr);
        }

        /// What the worker replies, or nothing when it was lost over this; then the lease is over.
        std::optional<Reply> ask(RequestKind kind, std::string_view body);

    private:
        FacePool* pool_;
        std::unique_ptr<WorkerProcess> worker_;
    };

    /// In the order of the calls. Errors: Busy with Retry-After; BiometricsUnavailable.
    Result<Lease> lease();

    face::Availability availability() const;

private:
    using Lock = std::unique_lock<std::mutex>;

    void take_back(std::unique_ptr<WorkerProcess> worker, std::unique_ptr<WorkerProcess> lost);
    std::unique_ptr<WorkerProcess> wait_for_turn(Lock& lock);
    std::unique_ptr<WorkerProcess> take_quiet_worker();
    bool has_turn(std::uint64_t ticket) const;
    /// No worker is there, and none comes soon.
    bool is_hopeless() const { return is_stopping_ || (has_failed_ && processes() == 0); }
    Error unavailable() const;
    Error busy() const;

    void keep();
    void drop_dead(Lock& lock);
    void start_one(Lock& lock);
    void note_start(Result<ReadyNote> ready, std::unique_ptr<WorkerProcess> worker);
    std::size_t processes() const { return idle_.size() + static_cast<std::size_t>(running_); }
    void count_loss(Loss loss, pid_t pid);
    void update_gauges();

    const FacePoolSettings settings_;
    metrics::Metrics& metrics_;
    metrics::Gauge& ready_gauge_;
    metrics::Gauge& queue_gauge_;
    metrics::Gauge& memory_gauge_;

    mutable std::mutex mutex_;          ///< Guards what follows, but for the thread.
    std::condition_variable changed_;   ///< For who waits for a worker.
    std::condition_variable has_work_;  ///< For the keeper.
    std::vector<std::unique_ptr<WorkerProcess>> idle_;
    std::vector<std::unique_ptr<WorkerProcess>> dead_;  ///< Ended and waited for by the keeper.
    std::deque<std::uint64_t> waiting_;
    std::uint64_t next_ticket_ = 0;
    int running_ = 0;
    face::Availability availability_{.is_on = false, .reason = "face workers are starting"};
    bool has_failed_ = false;             ///< The last start did: nothing comes soon.
    std::chrono::milliseconds pause_{0};  ///< Before the next start.
    SteadyTime next_start_{};
    std::atomic<bool> is_stopping_{true};
    std::thread keeper_;
};

}  // namespace accessd::face_worker
