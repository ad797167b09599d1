#include "face_worker/sandbox.h"
#include "face_worker/worker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace accessd::face_worker {
namespace {

/// What happens to descriptors between fork and exec.
class SpawnActions {
public:
    explicit SpawnActions(int socket)
    {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, socket, kWorkerSocket);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        // Whoever takes a worker over must not write lines into our log. Sanitizers write their reports there.
        if (!kIsSanitized) {
            posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        }
        posix_spawn_file_actions_addclosefrom_np(&actions_, kWorkerSocket + 1);
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

/// Its signals and its process group.
class SpawnAttributes {
public:
    SpawnAttributes()
    {
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes_, 0);
        sigset_t signals;
        // Supervisors tell every process of a service to end; requests that run shall finish first, and the end
        // of the socket ends the worker.
        sigemptyset(&signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
    }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

/// Nothing of ours: secrets may be in it. Only what sanitizers are told, and a word to ONNX Runtime, which since
/// release 1.29 reports to its makers from a thread of its own unless it is told not to.
std::vector<std::string> environment()
{
    std::vector<std::string> all{"ORT_DISABLE_TELEMETRY=1"};
    if (!kIsSanitized) return all;
    for (const auto* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) all.push_back(std::string{name} + "=" + value);
    }
    return all;
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerCommand& command)
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return Error{ErrorCode::Internal,
                     std::string{"no socket for a face worker: "} + std::strerror(errno)};
    }
    std::vector<std::string> words{"accessd"};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    auto variables = environment();
    const SpawnActions actions{ends[1]};
    const SpawnAttributes attributes;
    pid_t pid = -1;
    const int problem =
        ::posix_spawn(&pid, command.program.c_str(), actions.get(), attributes.get(),
                      pointers(words).data(), pointers(variables).data());
    ::close(ends[1]);
    if (problem != 0) {
        ::close(ends[0]);
        return Error{ErrorCode::Internal,
                     std::string{"a face worker can't be started: "} + std::strerror(problem)};
    }
    return std::unique_ptr<WorkerProcess>{new WorkerProcess{pid, ends[0], command.memory_bytes}};
}

}  // namespace accessd::face_worker
