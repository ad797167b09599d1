#pragma once

#include "support/disk.h"

#include <filesystem>
#include <string>

namespace accessd::bench {

/// A PostgreSQL server of its own, by scripts/test_postgres, which syncs its commits to the disk
/// (fsync and synchronous_commit are on).
class PostgresServer {
public:
    /// Starts it, with its data below `folder`. Throws std::runtime_error.
    explicit PostgresServer(const std::filesystem::path& folder);
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    /// Over a socket in the file system; `port` of this machine instead, where there is a relay.
    std::string url() const;
    std::string url(std::uint16_t port) const;
    std::filesystem::path socket() const { return data_.parent_path() / ".s.PGSQL.5432"; }

    /// Processor time of all its processes, those that have ended included, in seconds.
    double cpu_seconds() const;
    /// What it has done in all.
    struct Work {
        double commits = 0;
        double wal_syncs = 0;
        double wal_bytes = 0;
    };
    Work work() const;
    /// The answer to one question in SQL, a single value. Throws std::runtime_error.
    std::string ask(const std::string& sql) const;

private:
    TemporaryFolder folder_;
    std::filesystem::path data_;
    int process_ = 0;
};

}  // namespace accessd::bench
