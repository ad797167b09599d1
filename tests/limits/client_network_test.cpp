#include "limits/client_network.h"

#include <gtest/gtest.h>

namespace accessd::limits {
namespace {

TEST(ClientNetwork, KeepsAnIpv4Address) { EXPECT_EQ(client_network("203.0.113.7"), "203.0.113.7"); }

TEST(ClientNetwork, CountsAnIpv6NetworkOnce)
{
    const auto network = client_network("2001:db8:1:2::1");

    EXPECT_EQ(network, "2001:db8:1:2::/64");
    EXPECT_EQ(client_network("2001:0DB8:1:2:ffff:ffff:ffff:ffff"), network);
    EXPECT_NE(client_network("2001:db8:1:3::1"), network);
}

TEST(ClientNetwork, GivesNoWindowOfItsOwnToAnIpv4AddressWrittenAsIpv6)
{
    EXPECT_EQ(client_network("::ffff:203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(client_network("::ffff:cb00:7107"), "203.0.113.7");
}

TEST(ClientNetwork, IsEmptyForWhatIsNoAddress)
{
    for (const auto* text : {"", "203.0.113", "203.0.113.7 ", "localhost", "fe80::1%eth0"}) {
        EXPECT_EQ(client_network(text), "") << text;
    }
}

}  // namespace
}  // namespace accessd::limits
