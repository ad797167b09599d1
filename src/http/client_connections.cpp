#include "http/client_connections.h"

#include "http/client_address.h"

#include <utility>

namespace accessd::http {

ClientConnections::ClientConnections(const ServerSettings& settings)
    : max_(settings.connections_per_client_max),
      exempts_(settings.connections_per_client_exempt),
      trusted_(settings.trusted_proxies)
{
}

std::optional<ClientConnections::Place> ClientConnections::take(const std::string& peer)
{
    const auto address = IpAddress::parse(peer);
    if (!address) return Place{};  // It left before it could be asked: its first read ends it.
    if (exempts_ && (address->is_loopback() || is_trusted(*address, trusted_))) return Place{};
    const auto client = address->client();
    const std::scoped_lock lock{mutex_};
    auto& count = open_[client];
    if (count >= max_) return std::nullopt;
    ++count;
    return std::optional<Place>{std::in_place, *this, client};
}

ClientConnections::Place::Place(Place&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)), client_(other.client_)
{
}

ClientConnections::Place& ClientConnections::Place::operator=(Place&& other) noexcept
{
    if (this == &other) return *this;
    give_back();
    all_ = std::exchange(other.all_, nullptr);
    client_ = other.client_;
    return *this;
}

void ClientConnections::Place::give_back()
{
    if (all_ == nullptr) return;
    const std::scoped_lock lock{all_->mutex_};
    const auto found = all_->open_.find(client_);
    if (found != all_->open_.end() && --found->second == 0) all_->open_.erase(found);
    all_ = nullptr;
}

}  // namespace accessd::http
