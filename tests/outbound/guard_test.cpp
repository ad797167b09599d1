#include "outbound/guard.h"

#include <gtest/gtest.h>

namespace accessd::outbound {
namespace {

IpAddress address(const std::string& text) { return IpAddress::parse(text).value(); }

Guard guard(std::vector<std::string> allowed = {}, std::vector<std::string> resolved = {})
{
    std::vector<IpNetwork> networks;
    for (const auto& text : allowed) networks.push_back(IpNetwork::parse(text).value());
    return Guard{networks, [resolved](const std::string&) {
                     std::vector<IpAddress> addresses;
                     for (const auto& text : resolved) addresses.push_back(address(text));
                     return addresses;
                 }};
}

class InnerAddress : public testing::TestWithParam<const char*> {};

TEST_P(InnerAddress, IsRefused)
{
    EXPECT_FALSE(is_public(address(GetParam())));
    EXPECT_FALSE(guard().allows(address(GetParam())));

    const auto checked = guard().check_host(GetParam(), "settings.host");

    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::UrlNotAllowed);
}

TEST_P(InnerAddress, IsRefusedBehindAName)
{
    const auto checked =
        guard({}, {"93.184.216.34", GetParam()}).check_host("mail.example.com", "host");

    ASSERT_FALSE(checked) << "one good address among them is no excuse";
    EXPECT_EQ(checked.error().code, ErrorCode::UrlNotAllowed);
    EXPECT_EQ(checked.error().message.find(GetParam()), std::string::npos)
        << "the answer tells what the name resolves to";
}

INSTANTIATE_TEST_SUITE_P(
    All, InnerAddress,
    testing::Values("127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1",
                    "0.0.0.0", "::", "169.254.169.254", "::ffff:169.254.169.254", "10.0.0.1",
                    "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                    "100.127.255.255", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1",
                    "198.19.255.255", "198.51.100.1", "203.0.113.1", "168.63.129.16", "224.0.0.1",
                    "239.255.255.250", "240.0.0.1", "255.255.255.255", "fd00::1", "fc00::1",
                    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1",
                    "2001::1", "100::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
                    "2002:7f00:1::", "2002:a00:1::1"));

class PublicAddress : public testing::TestWithParam<const char*> {};

TEST_P(PublicAddress, IsAllowed)
{
    EXPECT_TRUE(is_public(address(GetParam())));
    EXPECT_TRUE(guard().check_host(GetParam(), "host"));
}

INSTANTIATE_TEST_SUITE_P(All, PublicAddress,
                         testing::Values("8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1",
                                         "100.63.255.255", "100.128.0.1", "169.253.1.1",
                                         "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808",
                                         "2002:808:808::1", "::ffff:8.8.8.8"));

class OddHost : public testing::TestWithParam<const char*> {};

/// Spellings that resolvers read as 127.0.0.1 or that start something else in a URL.
TEST_P(OddHost, IsNoHost)
{
    const auto checked = guard({}, {"8.8.8.8"}).check_host(GetParam(), "settings.host");

    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidRequest);
    ASSERT_EQ(checked.error().fields.size(), 1U);
    EXPECT_EQ(checked.error().fields[0].field, "settings.host");
}

INSTANTIATE_TEST_SUITE_P(
    All, OddHost,
    testing::Values("2130706433", "0x7f000001", "0X7F000001", "0xaffffff", "0XC", "a.0xff",
                    "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1", "0", "0x",
                    "10.0.0.010", "1.2.3.4.5", "256.1.1.1", "127.0.0.1.", "[127.0.0.1]", "[::1",
                    "::1%lo", "", ".", "a..b", "-a.example", "a-.example", "a b",
                    "mail.example.com:25", "mail.example.com/x", "user@mail.example.com",
                    "mail.example.com\r\nQUIT", "mail.example.com#", "\xC2\xBD.example",
                    "\xE2\x91\xA0.example", "mail.example.com."));

TEST(Guard, OpensWhatTheOperatorOpened)
{
    const auto opened = guard({"10.1.0.0/16", "::1"});

    EXPECT_TRUE(opened.allows(address("10.1.2.3")));
    EXPECT_TRUE(opened.is_opened(address("::1")));
    EXPECT_FALSE(opened.allows(address("10.2.0.1")));
    EXPECT_FALSE(opened.allows(address("127.0.0.1")));
    EXPECT_FALSE(opened.is_opened(address("8.8.8.8")));
}

TEST(Guard, TakesANameThatNobodyKnowsYet)
{
    const auto checked = guard().check_host("Mail.Example.COM", "host");

    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->text, "mail.example.com");
    EXPECT_FALSE(checked->is_resolved);
}

TEST(Guard, TakesAnAddressInBrackets)
{
    const auto checked = guard().check_host("[2606:4700::1111]", "host");

    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->text, "2606:4700::1111");
}

TEST(SystemResolver, KnowsThisMachine)
{
    const auto addresses = resolve_with_system("localhost");

    ASSERT_FALSE(addresses.empty());
    for (const auto& one : addresses) EXPECT_TRUE(one.is_loopback()) << one.text();
}

}  // namespace
}  // namespace accessd::outbound
