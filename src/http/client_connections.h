#pragma once

#include "base/ip_network.h"
#include "http/server.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace accessd::http {

/// Counts the open connections of each client. Threads: safe to call concurrently.
class ClientConnections {
public:
    explicit ClientConnections(const ServerSettings& settings);

    /// One connection's place; given back when it goes. Movable.
    class Place {
    public:
        Place() = default;
        Place(ClientConnections& all, IpAddress client) : all_(&all), client_(client) {}
        Place(Place&& other) noexcept;
        Place& operator=(Place&& other) noexcept;
        ~Place() { give_back(); }

    private:
        void give_back();

        ClientConnections* all_ = nullptr;
        IpAddress client_;
    };

    /// Nothing when the client of this address has as many as it may have.
    std::optional<Place> take(const std::string& peer);

private:
    const std::size_t max_;
    const bool exempts_;
    const std::vector<IpNetwork> trusted_;
    std::mutex mutex_;
    std::map<IpAddress, std::size_t> open_;  ///< Guarded by mutex_.
};

}  // namespace accessd::http
