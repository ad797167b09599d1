#include "face_worker/worker_main.h"

#include "face_worker/sandbox.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace accessd::face_worker {
namespace {

constexpr int kExitBroken = 1;
constexpr int kExitFault = 3;

bool send_whole(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(kWorkerSocket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool receive_whole(std::string& bytes)
{
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto more = ::recv(kWorkerSocket, bytes.data() + got, bytes.size() - got, 0);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return false;
        got += static_cast<std::size_t>(more);
    }
    return true;
}

bool send_reply(const Reply& reply)
{
    return send_whole(head_bytes(static_cast<std::uint32_t>(reply.kind), reply.body.size())) &&
           send_whole(reply.body);
}

/// Nothing when the server is gone, or speaks another language.
std::optional<Request> receive_request()
{
    std::string bytes(kHeadBytes, '\0');
    if (!receive_whole(bytes)) return std::nullopt;
    const auto head = read_head(bytes, kRequestBytesMax);
    if (!head) return std::nullopt;
    Request request{head->kind, std::string(head->bytes, '\0')};
    if (!receive_whole(request.body)) return std::nullopt;
    return request;
}

/// False when the server is gone.
bool serve_one(WorkerTask& task)
{
    const auto request = receive_request();
    if (!request) return false;
    try {
        return send_reply(task.answer(*request));
    } catch (...) {
        ::_exit(kExitFault);  // No memory, or a fault: either way a new process is the better one.
    }
}

int report_broken(const Error& error)
{
    send_reply({ReplyKind::Broken, safe_sentence(error.detail)});
    return kExitBroken;
}

}  // namespace

int run_worker(std::int64_t memory_bytes, const std::function<Result<OpenedTask>()>& open)
{
    const auto opened = open();
    if (!opened) return report_broken(opened.error());
    if (const auto closed = enter_sandbox(memory_bytes); !closed) {
        return report_broken(closed.error());
    }
    bool is_heard = send_reply({ReplyKind::Ready, to_body(opened->note)});
    while (is_heard) is_heard = serve_one(*opened->task);
    // Not exit(): what libraries do at the end of a process is not allowed in here.
    ::_exit(EXIT_SUCCESS);
}

}  // namespace accessd::face_worker
