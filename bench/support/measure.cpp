#include "support/measure.h"

#include "support/disk.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace accessd::bench {

CpuWatch::Spent CpuWatch::spent() const
{
    const auto now = read();
    Spent spent;
    spent.server_s = now.server_s - begin_.server_s;
    spent.own_s = now.own_s - begin_.own_s;
    const double total = now.machine.total_s - begin_.machine.total_s;
    const double busy = total - (now.machine.idle_s - begin_.machine.idle_s);
    if (total > 0) spent.others_share = (busy - spent.server_s - spent.own_s) / total;
    return spent;
}

std::filesystem::path data_parent(const std::string& wanted, const std::filesystem::path& binary)
{
    return wanted.empty() ? binary.parent_path() : std::filesystem::path{wanted};
}

void add_machine(Report& report, const std::filesystem::path& folder)
{
    std::ifstream file{"/proc/loadavg"};
    std::string load;
    std::getline(file, load);
    report.add_note(
        std::to_string(std::thread::hardware_concurrency()) +
        " processors shared by servers and load generator; load before the run: " + load);
    if (is_in_memory(folder)) {
        report.add_note("THE FOLDER IS IN MEMORY: nothing here was durable. Use --folder.");
    }
}

void add_sync(Report& report, const std::filesystem::path& folder, const std::string& when)
{
    report.add({"median of fdatasync, 4 KiB, " + when,
                std::chrono::duration<double, std::milli>{median_sync(folder)}.count(), "ms"});
}

void add_times(Report& report, const std::string& name, std::vector<double> times,
               std::optional<SlowestTargets> targets)
{
    std::sort(times.begin(), times.end());
    report.add({name + ", median", percentile(times, 0.5), "ms"});
    Figure slow{name + ", 99th percentile", percentile(times, 0.99), "ms"};
    if (targets) {
        slow.must = targets->must;
        slow.aim = targets->aim;
    }
    report.add(slow);
    report.add({name + ", 99.9th percentile", percentile(times, 0.999), "ms"});
}

}  // namespace accessd::bench
