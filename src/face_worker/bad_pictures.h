#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace accessd::face_worker {

/// Pictures that cost a worker, by their SHA-256, so that none costs a second one. In memory, for an hour, a
/// thousand at most: a worker may also have been ended by the machine, and the next hour is another chance.
/// Threads: safe to call concurrently.
class BadPictures {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kMax = 1000;
    static constexpr std::chrono::hours kLife{1};

    void add(std::string hash, Time now);
    bool contains(const std::string& hash, Time now);
    /// Spares callers the hashing.
    bool is_empty() const;

private:
    void forget_old(Time now);

    mutable std::mutex mutex_;
    std::set<std::string> hashes_;
    std::deque<std::pair<Time, std::string>> by_age_;
};

}  // namespace accessd::face_worker
