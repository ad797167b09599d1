#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace accessd {
namespace {

std::string canonical(std::string_view text)
{
    const auto address = IpAddress::parse(text);
    return address ? address->text() : "none";
}

std::string client(std::string_view text) { return IpAddress::parse(text)->client().text(); }

bool contains(std::string_view network, std::string_view address)
{
    return IpNetwork::parse(network)->contains(*IpAddress::parse(address));
}

TEST(IpAddress, HasOneForm)
{
    EXPECT_EQ(canonical("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("2001:DB8:0:0::1"), "2001:db8::1");
    for (const auto* text : {"", "192.0.2", "192.0.2.1.1", "192.0.2.256", "[::1]", "::1%eth0",
                             "192.0.2.1:80", "localhost", " 192.0.2.1", "2001:db8::1::2"}) {
        EXPECT_EQ(canonical(text), "none") << text;
    }
    EXPECT_EQ(canonical(std::string_view{"::1\0x", 5}), "none");
}

TEST(IpAddress, KnowsThisMachineAndItsClients)
{
    EXPECT_TRUE(IpAddress::parse("127.8.9.1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::ffff:127.0.0.1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("128.0.0.1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
    EXPECT_EQ(client("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
}

TEST(IpNetwork, ContainsWhatBeginsAlike)
{
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(contains("10.1.2.3/8", "10.255.0.1"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.200"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("0.0.0.0/0", "192.0.2.1"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(contains("::/0", "192.0.2.1"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("127.0.0.1", "::ffff:127.0.0.1"));
}

TEST(IpNetwork, RefusesWhatIsNone)
{
    for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                             "10.0.0.0/8/8", "::/129", "10.0.0/8", "example.com"}) {
        EXPECT_FALSE(IpNetwork::parse(text)) << text;
    }
}

}  // namespace
}  // namespace accessd
