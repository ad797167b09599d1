#include "http/client_address.h"

#include "http/client_connections.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace accessd::http {
namespace {

std::vector<IpNetwork> networks(const std::vector<std::string>& texts)
{
    std::vector<IpNetwork> parsed;
    for (const auto& text : texts) parsed.push_back(*IpNetwork::parse(text));
    return parsed;
}

std::string client_of(const std::string& peer, const std::vector<std::string>& forwarded,
                      const std::vector<std::string>& trusted = {"10.0.0.0/8", "::1"})
{
    Request request;
    for (const auto& value : forwarded) request.headers.push_back({"x-forwarded-for", value});
    return client_address(peer, request, networks(trusted));
}

TEST(ClientAddress, IsReadFromTheRightPastOurOwnProxies)
{
    const struct {
        std::string peer;
        std::vector<std::string> forwarded;
        std::string client;
    } cases[] = {
        // Whoever is no proxy of ours may write what it likes.
        {"203.0.113.9", {}, "203.0.113.9"},
        {"203.0.113.9", {"198.51.100.1"}, "203.0.113.9"},
        {"203.0.113.9", {"10.0.0.1"}, "203.0.113.9"},
        // A proxy of ours adds whom it saw on the right.
        {"10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
        {"10.0.0.1", {"192.0.2.66, 198.51.100.1"}, "198.51.100.1"},
        {"10.0.0.1", {"192.0.2.66", "198.51.100.1"}, "198.51.100.1"},
        {"10.0.0.1", {"198.51.100.1, 10.0.0.2,10.0.0.3"}, "198.51.100.1"},
        {"10.0.0.1", {"10.0.0.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
        // Only ours: the outermost of them asks for itself.
        {"10.0.0.1", {}, "10.0.0.1"},
        {"10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        // What is no address came from beyond the last one that is.
        {"10.0.0.1", {"unknown"}, "10.0.0.1"},
        {"10.0.0.1", {"198.51.100.1, unknown"}, "10.0.0.1"},
        {"10.0.0.1", {"198.51.100.1, , 10.0.0.2"}, "10.0.0.2"},
        {"10.0.0.1", {"198.51.100.1,"}, "10.0.0.1"},
        {"10.0.0.1", {""}, "10.0.0.1"},
        // Forms.
        {"10.0.0.1", {"198.51.100.1:4711"}, "198.51.100.1"},
        {"10.0.0.1", {"[2001:DB8::1]:4711"}, "2001:db8::1"},
        {"10.0.0.1", {"2001:db8::1"}, "2001:db8::1"},
        {"10.0.0.1", {"::ffff:198.51.100.1"}, "198.51.100.1"},
        {"::1", {"198.51.100.1"}, "198.51.100.1"},
    };
    for (const auto& row : cases) {
        const auto shown = row.forwarded.empty() ? std::string{} : row.forwarded.front();
        EXPECT_EQ(client_of(row.peer, row.forwarded), row.client) << row.peer << " < " << shown;
    }
    EXPECT_EQ(client_of("10.0.0.1", {"198.51.100.1"}, {}), "10.0.0.1");
}

TEST(ClientConnections, CountsEachClientApart)
{
    ServerSettings settings;
    settings.connections_per_client_max = 2;
    ClientConnections connections{settings};
    auto first = connections.take("192.0.2.1");
    const auto second = connections.take("192.0.2.1");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(connections.take("192.0.2.1"));
    EXPECT_TRUE(connections.take("192.0.2.2"));

    first.reset();
    EXPECT_TRUE(connections.take("192.0.2.1"));  // It went at once: a place is free again.
    const auto third = connections.take("192.0.2.1");
    EXPECT_TRUE(third);
    EXPECT_FALSE(connections.take("192.0.2.1"));
}

TEST(ClientConnections, TakesANetworkOfIpv6ForOneClient)
{
    ServerSettings settings;
    settings.connections_per_client_max = 1;
    ClientConnections connections{settings};
    const auto one = connections.take("2001:db8:1:2::1");
    EXPECT_TRUE(one);
    EXPECT_FALSE(connections.take("2001:db8:1:2:ffff::9"));
    EXPECT_TRUE(connections.take("2001:db8:1:3::1"));
}

TEST(ClientConnections, LeavesThisMachineAndTrustedProxiesOutUnlessTold)
{
    ServerSettings settings;
    settings.connections_per_client_max = 1;
    settings.trusted_proxies = networks({"10.0.0.0/8"});
    for (const bool exempts : {true, false}) {
        settings.connections_per_client_exempt = exempts;
        ClientConnections connections{settings};
        for (const auto* peer : {"127.0.0.1", "10.1.1.1"}) {
            const auto one = connections.take(peer);
            EXPECT_TRUE(one);
            EXPECT_EQ(connections.take(peer).has_value(), exempts) << peer;
        }
    }
}

}  // namespace
}  // namespace accessd::http
