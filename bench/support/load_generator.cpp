#include "support/load_generator.h"

#include "support/loopback.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kWakeNumber = UINT64_MAX;
constexpr int kWaitMillis = 100;

/// Length of a whole answer at the front of `bytes` and where its body begins; 0 if there is more
/// to come. Knows only answers with a length, which is all that our servers send.
struct Frame {
    std::size_t size = 0;
    std::size_t body = 0;
};

Frame frame_of(std::string_view bytes)
{
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return {};
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto length = bytes.substr(0, head + 2).find(name);
    if (length == std::string_view::npos) throw std::runtime_error{"an answer without a length"};
    std::size_t body_size = 0;
    const auto* digits = bytes.data() + length + name.size();
    std::from_chars(digits, bytes.data() + head, body_size);
    const auto size = head + 4 + body_size;
    return bytes.size() < size ? Frame{} : Frame{size, head + 4};
}

int status_of(std::string_view answer)
{
    int status = 0;
    if (answer.size() > 12) std::from_chars(answer.data() + 9, answer.data() + 12, status);
    return status;
}

}  // namespace

LoadGenerator::LoadGenerator(std::uint16_t port, std::size_t connections, Wire wire)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    watch(wake_.get(), kWakeNumber);
    for (std::size_t slot = 0; slot < connections; ++slot) {
        auto& connection = connections_.emplace_back();
        if (wire == Wire::Tls) {
            connection.tls.emplace(port);
            connection.tls->make_non_blocking();
            watch(connection.tls->descriptor(), slot);
            continue;
        }
        connection.socket = connect_loopback(port);
        make_non_blocking(connection.socket);
        watch(connection.socket.get(), slot);
    }
}

void LoadGenerator::watch(int descriptor, std::uint64_t number) const
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

void LoadGenerator::wake() const
{
    if (::eventfd_write(wake_.get(), 1) != 0 && errno != EAGAIN) fail("eventfd");
}

void LoadGenerator::run(Script& script, std::chrono::seconds patience)
{
    const auto until = Steady::now() + patience;
    for (std::size_t slot = 0; slot < connections_.size(); ++slot) ask(script, slot);
    std::array<epoll_event, 256> events{};
    while (!script.is_done()) {
        const auto count = ::epoll_wait(epoll_.get(), events.data(), events.size(), kWaitMillis);
        for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
            const auto number = events.at(i).data.u64;
            if (number == kWakeNumber)
                hear_wake(script);
            else
                hear(script, number);
        }
        if (Steady::now() > until) throw std::runtime_error{"the load didn't end in time"};
    }
}

void LoadGenerator::ask(Script& script, std::size_t slot)
{
    auto& connection = connections_[slot];
    if (connection.waits) return;
    const auto request = script.next_request(slot);
    if (request.empty()) return;
    connection.waits = true;
    connection.asked_at = Steady::now();
    write(connection, request);
}

void LoadGenerator::write(Connection& connection, std::string_view request)
{
    if (connection.tls) return connection.tls->write(request);
    // One small request at a time always fits the socket's buffer.
    const auto sent = ::send(connection.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) fail("send");
}

/// Takes in what is there; false: nothing was.
bool LoadGenerator::read(Connection& connection)
{
    constexpr auto closed = "the server closed a connection";
    if (connection.tls) {
        const auto before = connection.received.size();
        if (!connection.tls->read(connection.received)) throw std::runtime_error{closed};
        return connection.received.size() > before;
    }
    std::array<char, 16 * 1024> bytes;
    const auto count = ::recv(connection.socket.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count <= 0) throw std::runtime_error{closed};
    connection.received.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

void LoadGenerator::hear(Script& script, std::size_t slot)
{
    auto& connection = connections_[slot];
    if (!read(connection)) return;
    const auto frame = frame_of(connection.received);
    if (frame.size == 0) return;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - connection.asked_at);
    const std::string_view answer{connection.received};
    script.on_answer(slot,
                     {status_of(answer), answer.substr(frame.body, frame.size - frame.body), took});
    connection.received.erase(0, frame.size);
    connection.waits = false;
    ask(script, slot);
}

void LoadGenerator::hear_wake(Script& script)
{
    eventfd_t count = 0;
    if (::eventfd_read(wake_.get(), &count) != 0 && errno != EAGAIN) fail("eventfd");
    for (const auto slot : script.take_woken()) ask(script, slot);
}

}  // namespace accessd::bench
