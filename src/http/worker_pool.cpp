#include "http/worker_pool.h"

#include <utility>

namespace accessd::http {

WorkerPool::WorkerPool(int workers, std::size_t queue_max, metrics::Gauge& queue_length)
    : workers_(workers), queue_max_(queue_max), queue_length_(queue_length)
{
}

void WorkerPool::start()
{
    for (int i = 0; i < workers_; ++i) threads_.emplace_back([this] { work(); });
}

bool WorkerPool::submit(const std::shared_ptr<Task>& task)
{
    bool wakes = false;
    {
        const std::scoped_lock lock{mutex_};
        if (is_stopping_) return false;
        // Those in the queue that idle workers are about to take don't wait.
        if (queue_.size() >= queue_max_ + idle_) return false;
        queue_.push_back(task);
        queue_length_.set(static_cast<double>(queue_.size()));
        wakes = wake_one();
    }
    if (wakes) has_work_.notify_one();
    return true;
}

/// Whether a thread is to be woken. One at a time: tasks that come together are often done by the first before the
/// next is awake, and each waking costs as much as a short task. Who takes a task wakes the next for what is left.
bool WorkerPool::wake_one()
{
    if (is_waking_ || idle_ == 0 || queue_.empty()) return false;
    return is_waking_ = true;
}

void WorkerPool::stop()
{
    std::deque<std::shared_ptr<Task>> forgotten;
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        forgotten.swap(queue_);
        queue_length_.set(0);
    }
    has_work_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void WorkerPool::work()
{
    std::unique_lock lock{mutex_};
    for (;;) {
        while (!is_stopping_ && queue_.empty()) {
            ++idle_;
            has_work_.wait(lock);
            --idle_;
            is_waking_ = false;
        }
        if (is_stopping_) return;
        auto task = std::move(queue_.front());
        queue_.pop_front();
        queue_length_.set(static_cast<double>(queue_.size()));
        const bool wakes = wake_one();
        lock.unlock();
        if (wakes) has_work_.notify_one();
        task->run();
        task.reset();
        lock.lock();
    }
}

}  // namespace accessd::http
