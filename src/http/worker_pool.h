#pragma once

#include "metrics/metrics.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace accessd::http {

/// Something a worker runs to its end.
class Task {
public:
    virtual ~Task() = default;
    virtual void run() noexcept = 0;
};

/// A fixed number of threads behind a bounded queue.
/// Threads: safe to call concurrently, except start() and stop().
class WorkerPool {
public:
    WorkerPool(int workers, std::size_t queue_max, metrics::Gauge& queue_length);
    ~WorkerPool() { stop(); }
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void start();
    /// False when the queue is full, or the pool stopped. Never waits for a worker.
    bool submit(const std::shared_ptr<Task>& task);
    /// Lets running tasks finish, forgets those that wait, and joins the threads.
    void stop();

private:
    void work();
    bool wake_one();

    const int workers_;
    const std::size_t queue_max_;
    metrics::Gauge& queue_length_;
    std::mutex mutex_;  ///< Guards what follows, but for threads_.
    std::condition_variable has_work_;
    std::deque<std::shared_ptr<Task>> queue_;
    std::size_t idle_ = 0;
    bool is_waking_ = false;  ///< One was woken and has not come yet.
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace accessd::http
