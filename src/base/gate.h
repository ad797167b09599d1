#pragma once

#include <atomic>
#include <cstdint>

namespace accessd {

/// Lets one thread wait until another opens it, once. std::binary_semaphore and std::atomic::wait
/// of gcc 12 spin before they sleep, which costs a busy server twice the CPU of this.
/// Threads: one waits, one opens; destroy only after wait() returned.
class Gate {
public:
    void open();
    void wait();

private:
    std::atomic<std::uint32_t> state_{0};
};

}  // namespace accessd
