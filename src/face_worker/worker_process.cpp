#include "face_worker/worker_process.h"

#include "face_worker/sandbox.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>

namespace accessd::face_worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often a wait looks at memory, and whether the server stops.
constexpr milliseconds kGlance{50};

}  // namespace

WorkerProcess::~WorkerProcess() { end(); }

Result<ReadyNote> WorkerProcess::wait_until_ready(SteadyTime deadline,
                                                  const std::atomic<bool>& is_stopping)
{
    const auto reply = receive_reply(deadline, &is_stopping);
    if (!reply) {
        const auto what = reply.error() == Loss::Hung ? "took too long to load its models"
                                                      : "ended before it was ready";
        return Error{ErrorCode::Internal,
                     "a face worker " + std::string{what} + " (" + end() + ")"};
    }
    if (reply->kind == ReplyKind::Ready) {
        if (auto note = read_ready(reply->body)) return *std::move(note);
    }
    const auto said = safe_sentence(reply->body);
    const bool is_said = reply->kind == ReplyKind::Broken && !said.empty();
    return Error{ErrorCode::Internal, is_said ? said : "a face worker can't start"};
}

tl::expected<Reply, Loss> WorkerProcess::ask(RequestKind kind, std::string_view body,
                                             milliseconds time)
{
    const auto deadline = steady_clock::now() + time;
    limit_cpu(time);
    const auto head = head_bytes(static_cast<std::uint32_t>(kind), body.size());
    for (const auto part : {std::string_view{head}, body}) {
        if (const auto sent = send(part, deadline); !sent) return tl::unexpected{sent.error()};
    }
    auto reply = receive_reply(deadline, nullptr);
    if (!reply) return reply;
    const bool is_about_a_picture = reply->kind == ReplyKind::Answer ||
                                    reply->kind == ReplyKind::Refusal ||
                                    reply->kind == ReplyKind::Failure;
    if (!is_about_a_picture || !is_quiet()) return tl::unexpected{Loss::Protocol};
    return reply;
}

bool WorkerProcess::is_quiet() const
{
    pollfd watched{socket_, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 0;
}

std::int64_t WorkerProcess::memory_bytes() const
{
    std::ifstream file{"/proc/" + std::to_string(pid_) + "/statm"};
    std::int64_t size = 0;
    std::int64_t resident = 0;
    file >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

void WorkerProcess::kill() const
{
    if (pid_ >= 0) ::kill(pid_, SIGKILL);
}

std::string WorkerProcess::end()
{
    if (pid_ < 0) return ending_;
    // Closed first: a worker that only waits ends by itself, and would say so.
    ::close(socket_);
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    pid_ = -1;
    ending_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                  : "exit status " + std::to_string(WEXITSTATUS(status));
    return ending_;
}

WorkerProcess::Waited WorkerProcess::wait_for(short events, SteadyTime deadline,
                                              const std::atomic<bool>* is_stopping) const
{
    while (true) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
        if (left.count() <= 0 || (is_stopping != nullptr && *is_stopping)) return Waited::TooLate;
        pollfd watched{socket_, events, 0};
        const auto glance = static_cast<int>(std::min(left, kGlance).count());
        if (::poll(&watched, 1, std::max(glance, 1)) > 0) return Waited::CanGoOn;
        if (memory_bytes() > memory_bytes_max_) return Waited::TooLarge;
    }
}

tl::expected<void, Loss> WorkerProcess::send(std::string_view bytes, SteadyTime deadline)
{
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) return tl::unexpected{Loss::Died};
        const auto waited = wait_for(POLLOUT, deadline, nullptr);
        if (waited == Waited::TooLate) return tl::unexpected{Loss::Hung};
        if (waited == Waited::TooLarge) return tl::unexpected{Loss::Memory};
    }
    return {};
}

tl::expected<void, Loss> WorkerProcess::receive(std::string& bytes, SteadyTime deadline,
                                                const std::atomic<bool>* is_stopping)
{
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto waited = wait_for(POLLIN, deadline, is_stopping);
        if (waited == Waited::TooLate) return tl::unexpected{Loss::Hung};
        if (waited == Waited::TooLarge) return tl::unexpected{Loss::Memory};
        const auto more = ::recv(socket_, bytes.data() + got, bytes.size() - got, MSG_DONTWAIT);
        if (more == 0) return tl::unexpected{Loss::Died};
        if (more < 0 && errno != EAGAIN && errno != EINTR) return tl::unexpected{Loss::Died};
        if (more > 0) got += static_cast<std::size_t>(more);
    }
    return {};
}

tl::expected<Reply, Loss> WorkerProcess::receive_reply(SteadyTime deadline,
                                                       const std::atomic<bool>* is_stopping)
{
    std::string bytes(kHeadBytes, '\0');
    if (const auto got = receive(bytes, deadline, is_stopping); !got) {
        return tl::unexpected{got.error()};
    }
    const auto head = read_reply_head(bytes);
    if (!head) return tl::unexpected{Loss::Protocol};
    Reply reply{static_cast<ReplyKind>(head->kind), std::string(head->bytes, '\0')};
    if (const auto got = receive(reply.body, deadline, is_stopping); !got) {
        return tl::unexpected{got.error()};
    }
    return reply;
}

/// A limit from the kernel, should this process not be there any more to end a worker that hangs.
void WorkerProcess::limit_cpu(milliseconds time) const
{
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count() + 1;
    rlimit limit{static_cast<rlim_t>(used.tv_sec + seconds), RLIM_INFINITY};
    ::prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

}  // namespace accessd::face_worker
