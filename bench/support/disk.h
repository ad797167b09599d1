#pragma once

#include <chrono>
#include <filesystem>

namespace accessd::bench {

/// A folder that is removed with all it holds.
class TemporaryFolder {
public:
    /// Made inside `parent`. Throws std::runtime_error.
    explicit TemporaryFolder(const std::filesystem::path& parent);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// The median time of fdatasync after overwriting 4 KiB of a file that has its full size, as a
/// write-ahead log does in steady state; of 200. Durable figures mean nothing without it.
std::chrono::microseconds median_sync(const std::filesystem::path& folder);

/// Whether the folder is kept in memory: then nothing measured there is durable.
bool is_in_memory(const std::filesystem::path& folder);

}  // namespace accessd::bench
