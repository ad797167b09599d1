#pragma once

#include <chrono>
#include <filesystem>

namespace accessd::bench {

struct BareFigures {
    double cycles_per_s = 0;
    double cpu_ms_per_cycle = 0;
};

/// What SQLite alone can do on this disk, without a server: the two small transactions of a login
/// (write a code and its message; use the code up and note the event), one thread, `synchronous=FULL`,
/// `cycles_per_commit` logins to a transaction. An upper bound to read the server's figures against.
/// Throws std::runtime_error.
BareFigures run_bare_store(const std::filesystem::path& folder, int cycles_per_commit,
                           std::chrono::milliseconds time);

}  // namespace accessd::bench
