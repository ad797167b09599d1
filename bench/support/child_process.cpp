#include "support/child_process.h"

#include "support/loopback.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace accessd::bench {
namespace {

constexpr int kStopSeconds = 30;

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::vector<std::string> with_ours(const std::vector<std::string>& environment)
{
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
    all.insert(all.end(), environment.begin(), environment.end());
    return all;
}

double ticks_to_seconds(double ticks) { return ticks / static_cast<double>(sysconf(_SC_CLK_TCK)); }

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment,
                           const std::filesystem::path& output)
{
    auto words = arguments;
    auto variables = with_ours(environment);
    const auto argv = pointers(words);
    const auto envp = pointers(variables);
    const Descriptor file{::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    if (file.get() < 0) fail(output.string());

    id_ = ::fork();
    if (id_ < 0) fail("fork");
    if (id_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // Nothing stays behind, however we end.
        ::dup2(file.get(), STDOUT_FILENO);
        ::dup2(file.get(), STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
}

ChildProcess::~ChildProcess() { stop(); }

bool ChildProcess::is_running()
{
    if (!is_over_) is_over_ = ::waitpid(id_, &status_, WNOHANG) == id_;
    return !is_over_;
}

int ChildProcess::wait(int seconds)
{
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (is_running()) {
        if (std::chrono::steady_clock::now() > until) return -1;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

void ChildProcess::stop()
{
    if (!is_running()) return;
    ::kill(id_, SIGTERM);
    wait(kStopSeconds);
    if (!is_running()) return;
    ::kill(id_, SIGKILL);
    wait(kStopSeconds);
}

double cpu_seconds(pid_t process)
{
    std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) fail("process " + std::to_string(process));
    std::istringstream fields{text.substr(after_name + 1)};
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;  // proc(5): utime is the 14th.
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return ticks_to_seconds(user + system);
}

Memory memory_of(pid_t process)
{
    std::ifstream file{"/proc/" + std::to_string(process) + "/status"};
    Memory memory;
    for (std::string word; file >> word;) {
        double kibibytes = 0;
        if (word == "VmHWM:" && file >> kibibytes) memory.most_mb = kibibytes / 1024;
        if (word == "VmRSS:" && file >> kibibytes) memory.now_mb = kibibytes / 1024;
    }
    return memory;
}

double own_cpu_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

MachineTime machine_time()
{
    std::ifstream file{"/proc/stat"};
    std::string name;
    file >> name;
    MachineTime time;
    for (int column = 0; column < 8; ++column) {  // proc(5): what follows is part of these.
        double ticks = 0;
        file >> ticks;
        time.total_s += ticks_to_seconds(ticks);
        if (column == 3 || column == 4) time.idle_s += ticks_to_seconds(ticks);  // idle, iowait
    }
    return time;
}

}  // namespace accessd::bench
