// A face worker that attacks: the real loop, sandbox, decoder and protocol, with requests that do what a picture might
// make a worker do. Its argument says how it starts: ready, broken, dying, slow, threaded, or
// engine with a folder of models.

#include "face_worker/engine_task.h"
#include "face_worker/sandbox.h"
#include "face_worker/worker_main.h"
#include "picture/decode.h"
#include "support/probe_requests.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

extern char** environ;

namespace accessd::test {
namespace {

using face_worker::Reply;
using face_worker::ReplyKind;
using face_worker::Request;

constexpr std::int64_t kMemoryBytes = 512LL * 1024 * 1024;
constexpr std::int64_t kEngineMemoryBytes = 1024LL * 1024 * 1024;

[[noreturn]] void hang()
{
    std::atomic<std::uint64_t> turns{0};
    while (true) ++turns;
}

/// Until memory ends, or the process.
[[noreturn]] void bomb()
{
    std::vector<std::string> all;
    while (true) all.emplace_back(16U * 1024 * 1024, 'x');
}

std::string open_descriptors()
{
    // Before the sandbox: taken at start, as nothing can look afterwards.
    std::string list;
    for (int i = 0; i < 1024; ++i) {
        if (::fcntl(i, F_GETFD) >= 0) list += std::to_string(i) + " ";
    }
    return list;
}

std::string environment()
{
    std::string all;
    for (char** variable = environ; *variable != nullptr; ++variable) all += *variable;
    return all;
}

long connect_somewhere()
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "/tmp/nowhere");
    return ::connect(face_worker::kWorkerSocket, reinterpret_cast<sockaddr*>(&address),
                     sizeof(address));
}

long raise_limit()
{
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    return ::setrlimit(RLIMIT_CPU, &all);
}

/// Raw system calls: the C library might refuse before the kernel does.
long attack(Probe probe)
{
    constexpr int kAccess = PROT_READ | PROT_WRITE;
    switch (probe) {
#ifdef SYS_open  // Newer machines have openat and clone alone.
    case Probe::Open: return ::syscall(SYS_open, "/etc/passwd", O_RDONLY);
    case Probe::Fork: return ::syscall(SYS_fork);
#else
    case Probe::Open: return ::syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
    case Probe::Fork: return ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
#endif
    case Probe::OpenAt: return ::syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
    case Probe::Socket: return ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    case Probe::Connect: return connect_somewhere();
    case Probe::Execve: return ::syscall(SYS_execve, "/bin/true", nullptr, nullptr);
    case Probe::Ptrace: return ::syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
    case Probe::Kill: return ::syscall(SYS_kill, ::getpid(), 0);
    case Probe::SignalServer: return ::syscall(SYS_tgkill, 1, 1, 0);
    case Probe::ReadOtherDescriptor: {
        char byte = 0;
        return ::syscall(SYS_recvfrom, 5, &byte, 1, 0, nullptr, nullptr);
    }
    case Probe::WriteToLog: return ::syscall(SYS_write, STDERR_FILENO, "forged\n", 7);
    case Probe::ExecutableMemory:
        return ::syscall(SYS_mmap, nullptr, 4096, kAccess | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                         -1, 0);
    case Probe::MapFile:
        return ::syscall(SYS_mmap, nullptr, 4096, kAccess, MAP_PRIVATE, face_worker::kWorkerSocket,
                         0);
    case Probe::RaiseLimit: return raise_limit();
    case Probe::IoUring: return ::syscall(SYS_io_uring_setup, 1, nullptr);
    default: return 0;
    }
}

class ProbeTask final : public face_worker::WorkerTask {
public:
    ProbeTask() : descriptors_(open_descriptors()), environment_(environment()) {}

    Reply answer(const Request& request) override
    {
        if (request.kind == static_cast<std::uint32_t>(face_worker::RequestKind::Analyse)) {
            return analyse(request);
        }
        const auto probe = static_cast<Probe>(request.kind);
        switch (probe) {
        case Probe::Echo: return {ReplyKind::Answer, request.body};
        case Probe::Crash: std::raise(SIGSEGV); break;
        case Probe::Throw: throw std::runtime_error{"a fault"};
        case Probe::Hang: hang();
        case Probe::Bomb: bomb();
        case Probe::Garble: ::send(face_worker::kWorkerSocket, "no message at all", 17, 0); break;
        case Probe::ReplyTwice: return reply_twice();
        case Probe::SayReady:
            return {ReplyKind::Ready, to_body(face_worker::ReadyNote{"x", false})};
        case Probe::Descriptors: return {ReplyKind::Answer, descriptors_};
        case Probe::Environment: return {ReplyKind::Answer, environment_};
        default: break;
        }
        return {ReplyKind::Answer, std::to_string(attack(probe))};
    }

private:
    /// Finds no faces, but falls into the traps that tests lay.
    static Reply analyse(const Request& request)
    {
        const auto asked = face_worker::read_request(request.body);
        const auto pixels = picture::decode(asked->image);
        if (!pixels) return {ReplyKind::Refusal, pixels.error().message};
        if (pixels->rgb[0] == kTrapRed) {
            switch (pixels->rgb[2]) {
            case kTrapCrash: std::raise(SIGSEGV); break;
            case kTrapHang: hang();
            case kTrapBomb: bomb();
            default: break;
            }
        }
        face::Analysis analysis{pixels->full_width, pixels->full_height, {}, {face::Issue::NoFace}};
        return {ReplyKind::Answer, face_worker::to_body(analysis)};
    }

    static Reply reply_twice()
    {
        const Reply reply{ReplyKind::Answer, "one"};
        const auto bytes =
            face_worker::head_bytes(static_cast<std::uint32_t>(reply.kind), reply.body.size()) +
            reply.body;
        ::send(face_worker::kWorkerSocket, (bytes + bytes).data(), bytes.size() * 2, 0);
        hang();
    }

    std::string descriptors_;
    std::string environment_;
};

Result<face_worker::OpenedTask> open_task(std::string_view way)
{
    if (way == "broken") return Error{ErrorCode::Internal, "the model recognition.onnx is broken"};
    if (way == "dying") std::raise(SIGSEGV);
    if (way == "threaded") std::thread{hang}.detach();
    if (way == "slow") std::this_thread::sleep_for(std::chrono::seconds{20});
    return face_worker::OpenedTask{std::make_unique<ProbeTask>(), {"probe-1", true}};
}

}  // namespace
}  // namespace accessd::test

int main(int argc, char** argv)
{
    const std::string_view way = argc > 1 ? argv[1] : "ready";
    if (way == "engine") {  // The real one, with the models of a folder.
        return accessd::face_worker::run_worker(accessd::test::kEngineMemoryBytes, [&] {
            return accessd::face_worker::open_engine_task({.models_dir = argv[2]});
        });
    }
    return accessd::face_worker::run_worker(accessd::test::kMemoryBytes,
                                            [&] { return accessd::test::open_task(way); });
}
