#pragma once

#include "base/adjusted_clock.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace accessd::store {

class PostgresConnection;

/// Watches the database on a connection of its own: whether it answers and can be written, what time it has, and what
/// other nodes say that they changed.
/// Threads: safe to call concurrently.
class PostgresMonitor {
public:
    /// How far a node's own clock may be from the database's. Source: issue "several nodes"; docs/operate.md.
    static constexpr auto kClockDriftMax = std::chrono::seconds{2};

    /// Starts its thread; `clock`, where there is one, is put right from the first look on, which is before this
    /// returns. `changed` is called from that thread with what was announced.
    PostgresMonitor(std::string url, AdjustedClock* clock,
                    std::function<void(const std::string&)> changed);
    ~PostgresMonitor();
    PostgresMonitor(const PostgresMonitor&) = delete;
    PostgresMonitor& operator=(const PostgresMonitor&) = delete;

    /// Whether the last look, at most kLookEvery and a wait ago, found all well.
    bool is_healthy() const { return is_healthy_.load(); }
    /// Why not; empty when it is.
    std::string problem() const;
    /// Somebody lost a connection: look at once.
    void look_now();

private:
    void run();
    void look(PostgresConnection& connection);
    void set_problem(std::string problem);
    /// False when it is to end.
    bool wait(PostgresConnection* connection);

    std::string url_;
    AdjustedClock* clock_;
    std::function<void(const std::string&)> changed_;
    std::atomic<bool> is_healthy_{false};
    int wake_;  ///< An eventfd: look_now() and the end.

    mutable std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable looked_;
    bool has_looked_ = false;
    bool is_stopping_ = false;
    std::string problem_;

    std::thread thread_;
};

}  // namespace accessd::store
