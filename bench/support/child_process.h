#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace accessd::bench {

/// A program that we started, and end when we are done with it.
class ChildProcess {
public:
    /// Starts it with the variables of `environment` ("NAME=value") added to ours; what it says
    /// goes to the file. Throws std::runtime_error when it can't be started at all.
    ChildProcess(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment, const std::filesystem::path& output);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t id() const { return id_; }
    bool is_running();
    /// Exit status, or -1 if it was still there after `seconds` or ended by a signal.
    int wait(int seconds);
    /// Asks it to end (SIGTERM) and makes it after 30 s.
    void stop();

private:
    pid_t id_ = -1;
    bool is_over_ = false;
    int status_ = 0;
};

/// Processor time that a process has used in all, user and system, in seconds.
double cpu_seconds(pid_t process);
/// Memory that a process has in RAM now, and the most it ever had there.
struct Memory {
    double now_mb = 0;
    double most_mb = 0;
};
Memory memory_of(pid_t process);
/// Processor time that this program itself has used in all.
double own_cpu_seconds();
/// Processor time of everything on this machine, and how much of it nobody used.
struct MachineTime {
    double total_s = 0;
    double idle_s = 0;
};
MachineTime machine_time();

}  // namespace accessd::bench
