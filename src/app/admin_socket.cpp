#include "app/admin_socket.h"

#include "base/json.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>

namespace accessd::app {
namespace {

constexpr int kWaitingMax = 16;
/// Callers are programs of this machine that write at once; stop() may have to wait this long.
constexpr auto kCallerTimeout = std::chrono::seconds{2};

Error unusable(const std::string& path, const char* doing)
{
    const auto sentence = "The administration socket " + path + " can't be " + doing + " (" +
                          std::strerror(errno) + "). This user must be able to write the folder.";
    return Error{ErrorCode::Internal, sentence}.saying(sentence);
}

/// Nothing if the kernel doesn't say.
std::optional<uid_t> user_behind(int socket)
{
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

}  // namespace

bool may_administer(uid_t peer, uid_t own) { return peer == 0 || peer == own; }

AdminSocket::AdminSocket(const std::string& data_dir, AdminCommands& commands)
    : address_(data_dir), commands_(commands)
{
}

Result<std::unique_ptr<AdminSocket>> AdminSocket::create(const std::string& data_dir,
                                                         AdminCommands& commands)
{
    std::unique_ptr<AdminSocket> made{new AdminSocket(data_dir, commands)};
    ACCESSD_CHECK(made->bind_socket());
    return made;
}

Result<void> AdminSocket::bind_socket()
{
    const auto& path = address_.path();
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode)) {
            const auto sentence = path +
                                  " is in the way of the administration socket and isn't one "
                                  "itself. Move it elsewhere.";
            return Error{ErrorCode::Internal, sentence}.saying(sentence);
        }
        ::unlink(path.c_str());
    }
    listener_ = Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    stop_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!listener_.is_open() || !stop_.is_open()) return unusable(path, "made");
    if (::bind(listener_.get(), address_.get(), address_.size()) != 0) {
        return unusable(path, "made");
    }
    // Nobody can connect before listen(), so there is no moment at which others could.
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return unusable(path, "closed to others");
    if (::listen(listener_.get(), kWaitingMax) != 0) return unusable(path, "listened at");
    return {};
}

AdminSocket::~AdminSocket() { stop(); }

void AdminSocket::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void AdminSocket::stop()
{
    if (stop_.is_open()) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof(one));
    }
    if (thread_.joinable()) thread_.join();
    if (!listener_.is_open()) return;
    listener_ = Descriptor{};
    ::unlink(address_.path().c_str());
}

void AdminSocket::run()
{
    for (;;) {
        std::array<pollfd, 2> wanted{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
        if (wanted[1].revents != 0) return;
        const Descriptor caller{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (!caller.is_open()) continue;
        try {
            answer(caller.get());
        } catch (const std::exception& problem) {
            log::error("the administration socket met a bug", {{"detail", problem.what()}});
        }
    }
}

Result<nlohmann::json> AdminSocket::run_command(const nlohmann::json& request)
{
    const auto command =
        request.is_object() ? request.value("command", nlohmann::json{}) : nlohmann::json{};
    if (api_ && command == "api") return api_->run(request);
    if (sender_checks_ && command == "sender.check") return sender_checks_->run(request);
    return commands_.run(request);
}

void AdminSocket::answer(int socket)
{
    const auto user = user_behind(socket);
    if (!user || !may_administer(*user, ::geteuid())) {
        log::warn("another user was refused at the administration socket",
                  {{"uid", user ? static_cast<std::int64_t>(*user) : std::int64_t{-1}}});
        return;
    }
    const auto line = read_admin_line(socket, kAdminRequestMax, kCallerTimeout);
    Result<nlohmann::json> outcome = nlohmann::json{};
    if (!line) {
        outcome = line.error();
    } else if (const auto request = parse_json(*line); !request) {
        outcome = request.error();
    } else {
        outcome = run_command(*request);
    }
    const auto written = write_admin_line(socket, to_admin_answer(outcome), kCallerTimeout);
    if (!written) {
        log::warn("a caller at the administration socket left before its answer",
                  {{"code", to_text(written.error().code)}});
    }
}

}  // namespace accessd::app
