#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "users/import_file.h"
#include "users/import_store.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace accessd::users {

/// Takes files of people into directories, one after the other, on a thread of its own.
/// Threads: safe to call concurrently.
class Imports {
public:
    static constexpr std::size_t kWaitingMax = 8;  ///< Files; each holds up to a gigabyte of disk.
    static constexpr std::size_t kBatch = 1000;    ///< Rows of one write; others write in between.

    struct Parts {
        ImportStore& store;
        Clock& clock;
        Random& random;
    };
    explicit Imports(Parts parts) : parts_(parts) {}
    /// The import under way ends, and those that wait, without having changed anybody.
    ~Imports();

    struct File {
        std::string project_id;
        std::string source_id;
        ImportMode mode = ImportMode::Add;
        bool is_dry_run = false;
        bool test = false;  ///< The project is; for events.
        std::int64_t bytes = 0;
        CsvReader::Read read;
    };
    /// Queues it. Errors: Busy (kWaitingMax wait), and those of ImportStore::begin.
    Result<Import> start(File file, const events::AuditEntry& audit);

private:
    struct Job {
        Import import;
        File file;
    };
    void work();
    void run(Job& job);
    Result<void> take_in(Job& job);
    Result<void> read_rows(Job& job, ImportFile& file);
    bool is_stopping();

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable has_work_;
    std::deque<Job> jobs_;
    bool is_stopping_ = false;
    std::thread thread_;  ///< Begins with the first file.
};

}  // namespace accessd::users
