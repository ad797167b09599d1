#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace accessd::test {

/// A disk that loses power: SQLite's default VFS while this lives. It passes everything on to the real one
/// and remembers, file by file, what was synced and what was only written. After cut() every write and
/// sync fails, as on a machine that is off; restore() then puts the files into a state in which a real disk
/// may be found: everything synced is there, of what was only written since then an arbitrary part.
///
/// Threads: safe to call concurrently, except restore(), when nobody has the files open any more.
class PowerLoss {
public:
    PowerLoss();
    ~PowerLoss();
    PowerLoss(const PowerLoss&) = delete;
    PowerLoss& operator=(const PowerLoss&) = delete;

    /// A disk that says "synced" and isn't: what `synchronous=OFF` amounts to.
    void ignore_syncs() { ignores_syncs_ = true; }

    void cut() { is_cut_ = true; }
    /// Cuts once so many more pages were written, in the middle of a larger write if it so happens.
    void cut_after(int pages) { cut_at_ = writes_ + pages; }
    bool is_cut() const { return is_cut_; }
    /// Brings power back. Each unsynced write survives with a chance of `survivors` in 256, by `seed`.
    void restore(unsigned seed, unsigned survivors);

    std::int64_t syncs() const { return syncs_; }
    /// Writes that were lost by restore() so far.
    std::int64_t lost() const { return lost_; }

private:
    friend struct PowerLossFile;
    friend struct PowerLossCalls;

    struct Write {
        std::int64_t offset = 0;
        std::string bytes;  ///< Empty: the file is cut off at `offset`.
    };
    struct Disk {
        std::string synced;
        std::vector<Write> unsynced;
    };
    static void apply(std::string& content, const Write& write);
    void note(const std::string& file, Write write);
    void note_sync(const std::string& file);
    void note_removed(const std::string& file);
    void note_opened(const std::string& file, const std::string& content);

    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs shim_{};
    std::atomic<bool> is_cut_{false};
    std::atomic<bool> ignores_syncs_{false};
    std::atomic<std::int64_t> syncs_{0};
    std::atomic<std::int64_t> writes_{0};
    std::atomic<std::int64_t> cut_at_{std::numeric_limits<std::int64_t>::max()};
    std::int64_t lost_ = 0;
    std::mutex mutex_;  ///< Guards disks_.
    std::map<std::string, Disk> disks_;
};

}  // namespace accessd::test
