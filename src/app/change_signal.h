#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace accessd::app {

/// Says that another node changed something. It is heard from the moment the store opens, which is before there is
/// anybody to tell.
/// Threads: safe to call concurrently.
class ChangeSignal {
public:
    /// Whom to tell from now on; nobody: empty. Returns when an earlier one is no longer being told.
    void tell(std::function<void()> listener)
    {
        const std::scoped_lock lock{mutex_};
        listener_ = std::move(listener);
    }
    void raise()
    {
        const std::scoped_lock lock{mutex_};
        if (listener_) listener_();
    }

private:
    std::mutex mutex_;
    std::function<void()> listener_;
};

}  // namespace accessd::app
