#include "outbound/http_client.h"

#include "support/scripted_host.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

namespace accessd::outbound {
namespace {

using test::ScriptedHost;
using namespace std::chrono_literals;

const std::vector<IpNetwork>& loopback()
{
    static const std::vector networks{*IpNetwork::parse("127.0.0.0/8"), *IpNetwork::parse("::1")};
    return networks;
}

/// May go to this machine, as an operator can allow.
const Guard& open_guard()
{
    static const Guard guard{loopback()};
    return guard;
}

HttpRequest request_to(const std::string& url)
{
    HttpRequest request;
    request.url = url;
    request.body = R"({"a":1})";
    request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
    request.timeout = 5s;
    return request;
}

HttpFailureKind failure_of(const HttpRequest& request, const Guard& guard = open_guard())
{
    const auto result = CurlClient{guard}.send(request);
    if (result) {
        ADD_FAILURE() << request.url << " was answered with " << result->status;
        return HttpFailureKind::Broken;
    }
    EXPECT_EQ(result.error().reason.find("127.0.0.1"), std::string::npos) << result.error().reason;
    return result.error().kind;
}

std::string head_and_body(const std::string& head, const std::string& body)
{
    return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

TEST(HttpClient, SendsWhatItWasGivenAndNothingElse)
{
    ScriptedHost host{{.answer = head_and_body("201 Created\r\nX-Id: a \r\nx-id: b", "done")}};
    CurlClient client{open_guard()};

    const auto answer = client.send(request_to(host.url("127.0.0.1", "/a/../b?c=%20d")));

    ASSERT_TRUE(answer) << answer.error().reason;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, "done");
    EXPECT_FALSE(answer->is_cut);
    EXPECT_EQ(answer->header("x-ID"), "a");
    EXPECT_EQ(answer->header("x-none"), std::nullopt);
    EXPECT_EQ(answer->address, "127.0.0.1");
    ASSERT_EQ(host.requests().size(), 1U);
    const auto address = host.url("127.0.0.1", "").substr(7);
    EXPECT_EQ(host.requests().front(), "POST /a/../b?c=%20d HTTP/1.1\r\nHost: " + address +
                                           "\r\nUser-Agent: accessd\r\nAccept: */*\r\n"
                                           "Content-Type: application/json\r\nX-Empty:\r\n"
                                           "Content-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(HttpClient, SendsEveryMethod)
{
    ScriptedHost host;
    CurlClient client{open_guard()};
    for (const auto* method : {"GET", "PUT", "DELETE"}) {
        auto request = request_to(host.url());
        request.method = method;
        request.headers.clear();
        request.body.clear();

        ASSERT_TRUE(client.send(request)) << method;

        const auto sent = host.requests().back();
        EXPECT_TRUE(sent.starts_with(std::string{method} + " /hook HTTP/1.1\r\n")) << sent;
        EXPECT_EQ(sent.find("Content-Type"), std::string::npos) << sent;
    }
}

TEST(HttpClient, KeepsItsConnection)
{
    ScriptedHost host;
    CurlClient client{open_guard()};

    for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.send(request_to(host.url())));

    EXPECT_EQ(host.connections(), 1);
    EXPECT_EQ(host.requests().size(), 5U);
}

TEST(HttpClient, ServesManyThreads)
{
    ScriptedHost host;
    CurlClient client{open_guard()};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 20; ++n) EXPECT_TRUE(client.send(request_to(host.url())));
            });
        }
    }
    EXPECT_EQ(host.requests().size(), 160U);
}

TEST(HttpClient, FollowsNoRedirect)
{
    ScriptedHost inner;
    for (const auto* status : {"301 Moved", "302 Found", "303 See", "307 Again", "308 Moved"}) {
        ScriptedHost host{
            {.answer = head_and_body(std::string{status} + "\r\nLocation: " + inner.url(), "")}};

        const auto answer = CurlClient{open_guard()}.send(request_to(host.url()));

        ASSERT_TRUE(answer) << status;
        EXPECT_EQ(answer->status, std::atoi(status));
    }
    EXPECT_EQ(inner.connections(), 0);
}

TEST(HttpClient, WaitsNoLongerThanTold)
{
    const std::vector<ScriptedHost::Script> scripts{
        {.answer = ""},                                              // Says nothing.
        {.answer = head_and_body("200 OK", "slow"), .pause = 50ms},  // A byte now and then.
        {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"},
    };
    for (const auto& script : scripts) {
        ScriptedHost host{script};
        auto request = request_to(host.url());
        request.timeout = 300ms;
        const auto began = std::chrono::steady_clock::now();

        EXPECT_EQ(failure_of(request), HttpFailureKind::TimedOut) << script.answer;
        EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    }
}

TEST(HttpClient, ReadsNoMoreThanTold)
{
    ScriptedHost host{{.answer = head_and_body("200 OK", std::string(5000, 'x'))}};
    auto request = request_to(host.url());
    request.answer_max = 4096;

    EXPECT_EQ(failure_of(request), HttpFailureKind::TooLarge);

    request.long_answer = LongAnswer::Cut;
    const auto answer = CurlClient{open_guard()}.send(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, std::string(4096, 'x'));
    EXPECT_TRUE(answer->is_cut);

    request.answer_max = 5000;
    const auto whole = CurlClient{open_guard()}.send(request);
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->is_cut);
}

TEST(HttpClient, ReadsNoEndlessHead)
{
    std::string head = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 400; ++i) head += "X-Padding: " + std::string(60, 'x') + "\r\n";
    ScriptedHost host{{.answer = head + "Content-Length: 0\r\n\r\n"}};
    auto request = request_to(host.url());
    request.long_answer = LongAnswer::Cut;

    EXPECT_EQ(failure_of(request), HttpFailureKind::TooLarge);
}

TEST(HttpClient, TakesNoAnswerThatBreaks)
{
    for (const auto* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "SSH-2.0-x\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ""}) {
        ScriptedHost host{{.answer = answer, .closes = true}};
        EXPECT_EQ(failure_of(request_to(host.url())), HttpFailureKind::Broken) << answer;
    }
}

TEST(HttpClient, SaysWhenNobodyListensOrNobodyKnowsTheName)
{
    std::string gone;
    {
        const ScriptedHost host;
        gone = host.url();
    }
    EXPECT_EQ(failure_of(request_to(gone)), HttpFailureKind::NotConnected);
    EXPECT_EQ(failure_of(request_to("https://nobody.invalid/")), HttpFailureKind::NotResolved);
}

TEST(HttpClient, TrustsOnlyKnownCertificates)
{
    const auto pair = test::make_self_signed();
    const test::TempFolder folder;
    const auto file = folder.path() + "/ca.pem";
    std::ofstream{file} << pair.certificate;
    ScriptedHost host{{.certificate = &pair}};
    ScriptedHost plain{{.speaks_first = true}};

    EXPECT_EQ(failure_of(request_to(host.url("localhost"))), HttpFailureKind::TlsRefused);
    EXPECT_EQ(failure_of(request_to("https" + plain.url().substr(4))), HttpFailureKind::TlsRefused);
    EXPECT_TRUE(host.requests().empty());

    CurlClient trusting{open_guard(), {.ca_file = file}};
    ASSERT_TRUE(trusting.send(request_to(host.url("localhost"))));
    const auto other_name = trusting.send(request_to(host.url("127.0.0.1")));
    ASSERT_FALSE(other_name) << "a certificate for another name was taken";
    EXPECT_EQ(other_name.error().kind, HttpFailureKind::TlsRefused);
    EXPECT_EQ(host.requests().size(), 1U);
}

/// Everything that a host of these could mean is this machine or a network inside.
TEST(HttpClient, ConnectsNowhereInside)
{
    const Guard guard{{}};
    ScriptedHost host;
    const auto port = host.url("").substr(7);
    for (const std::string inner :
         {"127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]",
          "[::ffff:7f00:1]", "0.0.0.0", "[::]", "169.254.169.254", "[fe80::1]", "10.0.0.1",
          "192.168.0.1", "172.16.0.1", "100.64.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"}) {
        for (const auto* scheme : {"https://", "http://"}) {
            auto request = request_to(scheme + inner + port);
            request.may_be_plain_http = true;
            EXPECT_EQ(failure_of(request, guard), HttpFailureKind::NotAllowed) << request.url;
        }
    }
    EXPECT_EQ(host.connections(), 0);
}

/// A name is public while it is checked and leads inside once it is used.
TEST(HttpClient, JudgesTheAddressThatItConnectsTo)
{
    const Guard guard{
        {}, [](const std::string&) { return std::vector{*IpAddress::parse("93.184.216.34")}; }};
    ScriptedHost host;
    ASSERT_TRUE(guard.check_host("localhost", "url")) << "the check alone is content";
    auto request = request_to(host.url("localhost"));
    request.may_be_plain_http = true;

    EXPECT_EQ(failure_of(request, guard), HttpFailureKind::NotAllowed);
    EXPECT_EQ(host.connections(), 0);
}

TEST(HttpClient, GoesWithoutTlsOnlyWhereTheOperatorOpened)
{
    const Guard guard{{*IpNetwork::parse("127.0.0.0/30")}};
    auto request =
        request_to("http://93.184.216.34/");  // Nothing is sent there: it is refused before.
    EXPECT_EQ(failure_of(request, guard), HttpFailureKind::NotAllowed);
    request.url = "http://127.0.0.9/";
    EXPECT_EQ(failure_of(request, guard), HttpFailureKind::NotAllowed);

    ScriptedHost host;
    EXPECT_TRUE(CurlClient{guard}.send(request_to(host.url())));
}

class HostileUrl : public testing::TestWithParam<const char*> {};

TEST_P(HostileUrl, IsNone)
{
    EXPECT_EQ(failure_of(request_to(GetParam())), HttpFailureKind::BadUrl);
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, HostileUrl,
    testing::Values("", "/hook", "//127.0.0.1/", "127.0.0.1", "localhost:80", "ftp://127.0.0.1/",
                    "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1/",
                    "HTTP://127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1", "http:///127.0.0.1/",
                    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
                    "http://0177.0.0.1/", "http://017700000001/", "http://127.1/", "http://0/",
                    "http://127.0.0.1./", "http://%31%32%37.0.0.1/", "http://[::1%25lo]/",
                    "http://[::1/", "http://::1/", "http://[127.0.0.1]/", "http://[::1]x/",
                    "http://[::1]:80:80/", "http://user@127.0.0.1/", "http://user:pw@127.0.0.1/",
                    "http://example.com@127.0.0.1/", "http://127.0.0.1#@example.com/",
                    "http://127.0.0.1\\@example.com/", "http://example.com\\.127.0.0.1/",
                    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:/",
                    "http://127.0.0.1:-1/", "http://127.0.0.1:+80/", "http://127.0.0.1:80a/",
                    "http://127.0.0.1/\r\nHost: x", "http://127.0.0.1/ x", "http://127.0.0.1\t/",
                    " http://127.0.0.1/", "http://127.0.0.1/\x7f", "http://\xE2\x91\xA0.example/",
                    "http://127\xE3\x80\x82"
                    "0\xE3\x80\x82"
                    "0\xE3\x80\x82"
                    "1/",
                    "http://example.com/{a}", "http://example.com/#x", "http://-a.example/",
                    "http://a..b/", "http://example.com;@127.0.0.1/"));

TEST(HttpClient, SendsNoHeaderThatBreaksOut)
{
    ScriptedHost host;
    for (const HttpHeader& header : {HttpHeader{"X-A", "a\r\nX-B: b"},
                                     {"X-A", "a\nb"},
                                     {"X-A", std::string{"a\0b", 3}},
                                     {"X A", "a"},
                                     {"", "a"},
                                     {"X-A:", "a"},
                                     {"X-A\r\nX-B", "b"}}) {
        auto request = request_to(host.url());
        request.headers.push_back(header);
        EXPECT_EQ(failure_of(request), HttpFailureKind::BadUrl) << header.name;
    }
    auto request = request_to(host.url());
    request.method = "GET / HTTP/1.1\r\nX:";
    EXPECT_EQ(failure_of(request), HttpFailureKind::BadUrl);
    EXPECT_EQ(host.connections(), 0);
}

TEST(HttpClient, AsksNoProxyOfTheEnvironment)
{
    ScriptedHost proxy;
    ScriptedHost host;
    ::setenv("http_proxy", proxy.url("127.0.0.1", "").c_str(), 1);
    ::setenv("all_proxy", proxy.url("127.0.0.1", "").c_str(), 1);

    const auto answer = CurlClient{open_guard()}.send(request_to(host.url()));

    ::unsetenv("http_proxy");
    ::unsetenv("all_proxy");
    EXPECT_TRUE(answer);
    EXPECT_EQ(proxy.connections(), 0);
    EXPECT_EQ(host.connections(), 1);
}

}  // namespace
}  // namespace accessd::outbound
