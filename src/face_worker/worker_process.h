#pragma once

#include "base/result.h"
#include "face_worker/worker_message.h"

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace accessd::face_worker {

using SteadyTime = std::chrono::steady_clock::time_point;

/// How to start a worker.
struct WorkerCommand {
    std::string program =
        "/proc/self/exe";  ///< The file that this process came from, even when replaced.
    std::vector<std::string> arguments;  ///< Behind the program's name.
    std::int64_t memory_bytes = 0;       ///< Of resident memory, watched from outside.
};

/// Why a worker is of no use any more.
enum class Loss : std::uint8_t { Died, Hung, Memory, Protocol };

/// One worker process and the server's end of its socket.
/// Threads: one at a time.
class WorkerProcess {
public:
    /// Starts it: with an empty environment (the master key may be in ours), no descriptor of ours but the socket,
    /// in a process group of its own, so that what ends the server by keyboard does not reach it first.
    /// Errors: Internal.
    static Result<std::unique_ptr<WorkerProcess>> start(const WorkerCommand& command);
    /// Ends the process, whatever it does.
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Waits until it has loaded its models. Errors: Internal with its own sentence, or one about its end.
    Result<ReadyNote> wait_until_ready(SteadyTime deadline, const std::atomic<bool>& is_stopping);

    /// Sends a request and waits for the reply, `time` at most, which is also all the CPU time it gets. A worker
    /// that is lost over it has to be thrown away. `cpu` is rounded up to seconds.
    tl::expected<Reply, Loss> ask(RequestKind kind, std::string_view body,
                                  std::chrono::milliseconds time);

    /// Nothing came from it, and it lives. What is idle must be quiet.
    bool is_quiet() const;
    /// Resident memory; 0 when it ended.
    std::int64_t memory_bytes() const;
    pid_t pid() const { return pid_; }

    /// Ends it without waiting until it has ended.
    void kill() const;
    /// Ends it and says how it ended: "exit status 1", "signal 31".
    std::string end();

private:
    WorkerProcess(pid_t pid, int socket, std::int64_t memory_bytes_max)
        : pid_(pid), socket_(socket), memory_bytes_max_(memory_bytes_max)
    {
    }

    enum class Waited : std::uint8_t { CanGoOn, TooLate, TooLarge };
    Waited wait_for(short events, SteadyTime deadline, const std::atomic<bool>* is_stopping) const;
    tl::expected<void, Loss> send(std::string_view bytes, SteadyTime deadline);
    tl::expected<void, Loss> receive(std::string& bytes, SteadyTime deadline,
                                     const std::atomic<bool>* is_stopping);
    tl::expected<Reply, Loss> receive_reply(SteadyTime deadline,
                                            const std::atomic<bool>* is_stopping);
    void limit_cpu(std::chrono::milliseconds time) const;

    pid_t pid_;
    int socket_;
    std::int64_t memory_bytes_max_;
    std::string ending_;
};

}  // namespace accessd::face_worker
