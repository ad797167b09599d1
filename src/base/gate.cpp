#include "base/gate.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace accessd {
namespace {

enum State : std::uint32_t { kClosed = 0, kOpen = 1, kWaiting = 2 };

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value)
{
    static_assert(sizeof word == sizeof value);
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, nullptr,
                   nullptr, 0);
}

}  // namespace

void Gate::open()
{
    if (state_.exchange(kOpen, std::memory_order_release) == kWaiting) {
        futex(state_, FUTEX_WAKE_PRIVATE, 1);
    }
}

void Gate::wait()
{
    std::uint32_t expected = kClosed;
    if (!state_.compare_exchange_strong(expected, kWaiting, std::memory_order_acquire)) return;
    while (state_.load(std::memory_order_acquire) != kOpen) {
        futex(state_, FUTEX_WAIT_PRIVATE, kWaiting);
    }
}

}  // namespace accessd
