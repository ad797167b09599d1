#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace accessd {

/// Where unpredictable values come from. Handed in, so that tests can repeat themselves.
class Random {
public:
    virtual ~Random() = default;

    /// Fills `out` with unpredictable bytes. Threads: safe to call concurrently.
    virtual void fill(std::span<std::uint8_t> out) = 0;

    std::string bytes(std::size_t count);

    /// A code of `count` decimal digits (1-18), each of the 10^count values equally likely
    /// (rejection sampling: a plain modulo would favour small codes).
    std::string digits(int count);
};

/// OpenSSL's generator, reseeded by it from the kernel. Aborts if the system has no randomness:
/// there is no safe way to go on.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace accessd
