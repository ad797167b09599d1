#include "support/smtp_sink.h"

#include "support/loopback.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace accessd::bench {
namespace {

constexpr std::string_view kEndOfMail = "\r\n.\r\n";

void say(const Descriptor& socket, std::string_view line)
{
    // A client that is gone shows when it is read from.
    static_cast<void>(::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL));
}

/// "123456" of "Subject: 123456 is your Shop code".
std::string code_of(std::string_view mail)
{
    constexpr std::string_view name = "Subject: ";
    const auto found = mail.find(name);
    if (found == std::string_view::npos) return {};
    const auto subject = mail.substr(found + name.size());
    return std::string{subject.substr(0, subject.find_first_not_of("0123456789"))};
}

std::string address_of(std::string_view line)
{
    const auto begin = line.find('<');
    const auto end = line.find('>');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
    return std::string{line.substr(begin + 1, end - begin - 1)};
}

}  // namespace

SmtpSink::SmtpSink(OnMail on_mail)
    : on_mail_(std::move(on_mail)),
      listening_(listen_loopback()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      port_(port_of(listening_))
{
    watch(listening_.get());
    watch(stop_.get());
    thread_ = std::thread{[this] { run(); }};
}

SmtpSink::~SmtpSink()
{
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

void SmtpSink::watch(int descriptor) const
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

void SmtpSink::run()
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

void SmtpSink::accept()
{
    Descriptor socket{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (socket.get() < 0) return;
    const int descriptor = socket.get();
    watch(descriptor);
    say(socket, "220 sink\r\n");
    sessions_[descriptor].socket = std::move(socket);
}

/// False when the conversation is over.
bool SmtpSink::read(Session& session)
{
    std::array<char, 16 * 1024> bytes;
    const auto count = ::recv(session.socket.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (count <= 0) return false;
    session.received.append(bytes.data(), static_cast<std::size_t>(count));

    for (;;) {
        if (session.is_in_data) {
            if (!take_mail(session)) return true;
            continue;
        }
        const auto end = session.received.find("\r\n");
        if (end == std::string::npos) return true;
        const auto line = session.received.substr(0, end);
        session.received.erase(0, end + 2);
        if (!obey(session, line)) return false;
    }
}

bool SmtpSink::obey(Session& session, std::string_view line)
{
    const auto command = line.substr(0, 4);
    if (command == "QUIT") {
        say(session.socket, "221 bye\r\n");
        return false;
    }
    if (command == "DATA") {
        session.is_in_data = true;
        say(session.socket, "354 go on\r\n");
        return true;
    }
    if (command == "RCPT") session.recipient = address_of(line);
    say(session.socket, "250 ok\r\n");
    return true;
}

/// False while the mail isn't all there.
bool SmtpSink::take_mail(Session& session)
{
    const auto end = session.received.find(kEndOfMail);
    if (end == std::string::npos) return false;
    auto code = code_of(std::string_view{session.received}.substr(0, end));
    session.received.erase(0, end + kEndOfMail.size());
    session.is_in_data = false;
    ++mails_;
    on_mail_(std::exchange(session.recipient, {}), std::move(code));
    say(session.socket, "250 taken\r\n");
    return true;
}

}  // namespace accessd::bench
