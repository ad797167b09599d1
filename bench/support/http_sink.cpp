#include "support/http_sink.h"

#include "support/loopback.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace accessd::bench {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view kLength = "Content-Length: ";

/// Bytes of the first request, its body included; 0: it isn't all there.
std::size_t request_bytes(std::string_view received)
{
    const auto end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const auto length = received.find(kLength);
    std::size_t body = 0;
    if (length < end) {
        body = std::strtoul(received.data() + length + kLength.size(), nullptr, 10);
    }
    const auto all = end + 4 + body;
    return received.size() < all ? 0 : all;
}

}  // namespace

HttpSink::HttpSink(OnRequest on_request)
    : on_request_(std::move(on_request)),
      listening_(listen_loopback()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      port_(port_of(listening_))
{
    watch(listening_.get());
    watch(stop_.get());
    thread_ = std::thread{[this] { run(); }};
}

HttpSink::~HttpSink()
{
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

void HttpSink::watch(int descriptor) const
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

void HttpSink::run()
{
    std::array<epoll_event, 64> events{};
    for (;;) {
        const auto count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
        for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
            const int descriptor = events.at(i).data.fd;
            if (descriptor == stop_.get()) return;
            if (descriptor == listening_.get()) {
                accept();
                continue;
            }
            const auto session = sessions_.find(descriptor);
            if (session != sessions_.end() && !read(session->second)) sessions_.erase(session);
        }
    }
}

void HttpSink::accept()
{
    Descriptor socket{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (socket.get() < 0) return;
    const int descriptor = socket.get();
    watch(descriptor);
    sessions_[descriptor].socket = std::move(socket);
}

/// False when the client is gone.
bool HttpSink::read(Session& session)
{
    std::array<char, 16 * 1024> bytes;
    const auto count = ::recv(session.socket.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (count <= 0) return false;
    session.received.append(bytes.data(), static_cast<std::size_t>(count));
    while (const auto used = request_bytes(session.received)) {
        if (on_request_) on_request_(std::string_view{session.received}.substr(0, used));
        session.received.erase(0, used);
        ++requests_;
        static_cast<void>(
            ::send(session.socket.get(), kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL));
    }
    return true;
}

}  // namespace accessd::bench
