#include "support/counting_relay.h"

#include "support/loopback.h"

#include <array>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace accessd::bench {
namespace {

constexpr int kWaitMs = 50;

Descriptor connect_to(const std::filesystem::path& target)
{
    Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = target.string();
    if (path.size() >= sizeof address.sun_path) fail(path);
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail(path);
    return socket;
}

}  // namespace

CountingRelay::CountingRelay(std::filesystem::path target)
    : target_(std::move(target)),
      listener_(listen_loopback()),
      port_(port_of(listener_)),
      thread_([this] { run(); })
{
}

CountingRelay::~CountingRelay()
{
    is_stopping_ = true;
    thread_.join();
}

void CountingRelay::run()
{
    while (!is_stopping_) {
        std::vector<pollfd> watched{{listener_.get(), POLLIN, 0}};
        for (const auto& pair : pairs_) {
            watched.push_back({pair.client.get(), POLLIN, 0});
            watched.push_back({pair.server.get(), POLLIN, 0});
        }
        if (::poll(watched.data(), watched.size(), kWaitMs) <= 0) continue;
        for (std::size_t at = pairs_.size(); at-- > 0;) {
            auto& pair = pairs_[at];
            const bool goes_on = (watched[1 + 2 * at].revents == 0 || forward(pair, true)) &&
                                 (watched[2 + 2 * at].revents == 0 || forward(pair, false));
            if (!goes_on) pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(at));
        }
        if (watched[0].revents != 0) accept_one();
    }
}

void CountingRelay::accept_one()
{
    Descriptor client{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (client.get() >= 0) pairs_.push_back({std::move(client), connect_to(target_)});
}

bool CountingRelay::forward(Pair& pair, bool from_client)
{
    const int source = (from_client ? pair.client : pair.server).get();
    const int sink = (from_client ? pair.server : pair.client).get();
    std::array<char, 65536> buffer{};
    const auto size = ::recv(source, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    if (from_client && pair.is_answered) ++round_trips_;
    pair.is_answered = !from_client;
    for (std::size_t sent = 0; sent < static_cast<std::size_t>(size);) {
        const auto more =
            ::send(sink, buffer.data() + sent, static_cast<std::size_t>(size) - sent, MSG_NOSIGNAL);
        if (more <= 0) return false;
        sent += static_cast<std::size_t>(more);
    }
    return true;
}

}  // namespace accessd::bench
