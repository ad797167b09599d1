#pragma once

#include "support/child_process.h"
#include "support/report.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace accessd::bench {

/// Where processor time went during a stretch of time.
class CpuWatch {
public:
    explicit CpuWatch(pid_t server) : server_(server), begin_(read()) {}

    struct Spent {
        double server_s = 0;
        double own_s = 0;
        double others_share = 0;  ///< Of the whole machine: other programs, and the kernel for all.
    };
    /// Since it was made.
    Spent spent() const;

private:
    struct Reading {
        double server_s;
        double own_s;
        MachineTime machine;
    };
    Reading read() const { return {cpu_seconds(server_), own_cpu_seconds(), machine_time()}; }

    pid_t server_;
    Reading begin_;
};

/// Where data is kept: what --folder says, else beside the program.
std::filesystem::path data_parent(const std::string& wanted, const std::filesystem::path& binary);

/// Notes what figures of this machine depend on: processors, their load, a folder that is in memory.
void add_machine(Report& report, const std::filesystem::path& folder);
/// A figure of the disk; `when`: "before", "after".
void add_sync(Report& report, const std::filesystem::path& folder, const std::string& when);

/// What the slowest 99th percentile may be.
struct SlowestTargets {
    double must = 0;
    double aim = 0;
};
/// Median and the percentiles 99 and 99.9 of times in milliseconds.
void add_times(Report& report, const std::string& name, std::vector<double> times,
               std::optional<SlowestTargets> targets = std::nullopt);

}  // namespace accessd::bench
