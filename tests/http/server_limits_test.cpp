#include "http/server.h"

#include "server_fixture.h"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

TEST_F(ServerTest, RefusesLongHeads)
{
    start();
    RawClient headers{port};
    headers.send(get("/hello", "X-Long: " + std::string(17 * 1024, 'a') + "\r\n"));
    EXPECT_EQ(headers.read()->status, 431);
    EXPECT_TRUE(headers.is_closed());
    RawClient endless{port};  // no line ever ends
    endless.send("GET /hello HTTP/1.1\r\nX-Long: " + std::string(17 * 1024, 'a'));
    EXPECT_EQ(endless.read()->status, 431);
    RawClient target{port};
    target.send(get("/" + std::string(9000, 'a')));
    EXPECT_EQ(target.read()->status, 414);
    EXPECT_TRUE(target.is_closed());
}

TEST_F(ServerTest, AcceptsHeadsWithinTheLimits)
{
    start();
    RawClient client{port};
    client.send(
        get("/hello?" + std::string(8000, 'a'), "X-Long: " + std::string(7000, 'b') + "\r\n"));
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
}

TEST_F(ServerTest, RefusesLargeBodies)
{
    start();
    RawClient declared{port};
    declared.send(post("/small", "01234567890"));
    EXPECT_EQ(declared.read()->status, 413);
    EXPECT_TRUE(declared.is_closed());
    RawClient fitting{port};
    fitting.send(post("/small", "0123456789"));
    EXPECT_EQ(fitting.read()->status, 200);
    RawClient chunked{port};
    const std::string head = "POST /small HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
    chunked.send(head + "6\r\n012345\r\n");
    chunked.send("6\r\n012345\r\n0\r\n\r\n");
    EXPECT_EQ(chunked.read()->status, 413);
    EXPECT_TRUE(chunked.is_closed());
    RawClient one_chunk{port};
    one_chunk.send(head + "FFFFFFFFFFFFFFFF\r\n");
    EXPECT_EQ(one_chunk.read()->status, 413);
}

TEST_F(ServerTest, AClientStillSendingSeesTheRefusal)
{
    start();
    RawClient client{port};
    client.send(post("/echo", std::string(500'000, 'x')));
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 413);
    EXPECT_EQ(answer->headers.at("connection"), "close");
}

TEST_F(ServerTest, RefusesBodiesBeyondTheSharedMemory)
{
    settings.bodies_bytes_max = 1000;
    start();
    RawClient client{port};
    client.send(post("/echo", std::string(1001, 'x')));
    EXPECT_EQ(client.read()->status, 503);
    for (int i = 0; i < 3; ++i) {  // what was taken is given back
        RawClient again{port};
        again.send(post("/echo", std::string(900, 'x')));
        EXPECT_EQ(again.read()->status, 200);
    }
}

TEST_F(ServerTest, AsksForTheBodyWhenExpected)
{
    start();
    RawClient client{port};
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
    EXPECT_EQ(client.read()->status, 100);
    client.send("{}");
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "{}");
}

TEST_F(ServerTest, RefusesExpectedBodiesUnread)
{
    start();
    const std::string rest = "Host: t\r\nContent-Type: application/json\r\nContent-Length: 20\r\n"
                             "Expect: 100-continue\r\n\r\n";
    struct Case {
        const char* line;
        int status;
    };
    for (const auto& [line, status] :
         {Case{"POST /private HTTP/1.1\r\n", 401}, Case{"POST /small HTTP/1.1\r\n", 413},
          Case{"POST /nowhere HTTP/1.1\r\n", 404}, Case{"POST /hello HTTP/1.1\r\n", 405}}) {
        RawClient client{port};
        client.send(line + rest);
        const auto answer = client.read();
        ASSERT_TRUE(answer) << line;
        EXPECT_EQ(answer->status, status) << line;
        EXPECT_EQ(answer->headers.at("connection"), "close");
        EXPECT_TRUE(client.is_closed());
    }
}

TEST_F(ServerTest, IgnoresUnknownExpectations)
{
    start();
    RawClient client{port};
    client.send(get("/hello", "Expect: miracles\r\n"));
    EXPECT_EQ(client.read()->status, 200);
}

TEST_F(ServerTest, ChecksTheTokenBeforeTheBody)
{
    start();
    RawClient client{port};
    client.send("POST /private HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer bad\r\nContent-Length: 1000\r\n\r\n{");
    EXPECT_EQ(client.read()->status, 401);
    RawClient good{port};
    good.send("POST /private HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
              "Authorization: Bearer good\r\nContent-Length: 2\r\n\r\n");
    std::this_thread::sleep_for(100ms);
    good.send("{}");
    EXPECT_EQ(good.read()->body, "{}");
    EXPECT_EQ(guard.calls, 2);  // once for each request
}

TEST_F(ServerTest, RefusalsWithTheBodyReadKeepTheConnection)
{
    start();
    RawClient client{port};
    client.send(post("/private", "{}") + get("/private", "Authorization: Bearer good\r\n"));
    EXPECT_EQ(client.read()->status, 401);
    EXPECT_EQ(client.read()->body, "key_1");
}

TEST_F(ServerTest, SaysBusyWhenTheQueueIsFull)
{
    settings.workers = 1;
    settings.queue_max = 1;
    start();
    RawClient running{port};
    running.send(get("/hold"));
    hold.await_waiting(1);
    RawClient waiting{port};
    waiting.send(get("/hello"));
    std::this_thread::sleep_for(100ms);
    RawClient refused{port};
    refused.send(get("/hello"));
    EXPECT_EQ(refused.read()->status, 503);
    hold.open();
    EXPECT_EQ(running.read()->status, 200);
    EXPECT_EQ(waiting.read()->status, 200);
    refused.send(get("/hello"));
    EXPECT_EQ(refused.read()->status, 200);
}

TEST_F(ServerTest, ClosesConnectionsBeyondTheLimit)
{
    settings.connections_max = 2;
    start();
    RawClient first{port};
    RawClient second{port};
    first.send(get("/hello"));
    second.send(get("/hello"));
    ASSERT_TRUE(first.read());
    ASSERT_TRUE(second.read());
    RawClient third{port};
    EXPECT_TRUE(third.is_closed());
    EXPECT_NE(metrics.render().find("accessd_http_connections_refused_total 1"), std::string::npos);
}

class ServerTimeoutTest : public ServerTest {
protected:
    ServerTimeoutTest()
    {
        settings.silent_timeout = 1s;
        settings.header_timeout = 1s;
        settings.body_timeout = 1s;
        settings.keep_alive_timeout = 1s;
        settings.write_timeout = 1s;
    }
};

TEST_F(ServerTest, ClosesConnectionsOfOneClientBeyondItsLimit)
{
    settings.connections_per_client_max = 2;
    settings.connections_per_client_exempt = false;
    start();
    RawClient first{port};
    auto second = std::make_unique<RawClient>(port);
    for (auto* client : {&first, second.get()}) {
        client->send(get("/hello"));
        ASSERT_TRUE(client->read());
    }
    RawClient third{port};
    EXPECT_TRUE(third.is_closed());
    second.reset();
    std::this_thread::sleep_for(200ms);  // Until the server has seen it go.
    RawClient fourth{port};
    fourth.send(get("/hello"));
    EXPECT_TRUE(fourth.read());
}

TEST_F(ServerTest, BelievesForwardedAddressesOfTrustedProxiesOnly)
{
    const auto peer_behind = [this](const std::string& header) {
        RawClient client{port};
        client.send(get("/peer", header));
        return client.read()->body;
    };
    start();
    EXPECT_EQ(peer_behind("X-Forwarded-For: 198.51.100.1\r\n"), "127.0.0.1");
    server->stop();
    settings.trusted_proxies.push_back(*IpNetwork::parse("127.0.0.0/8"));
    start();
    EXPECT_EQ(peer_behind("X-Forwarded-For: 198.51.100.1\r\n"), "198.51.100.1");
    EXPECT_EQ(peer_behind("X-Forwarded-For: 192.0.2.1, 198.51.100.1\r\n"), "198.51.100.1");
}

TEST_F(ServerTimeoutTest, EachPhaseEnds)
{
    start();
    RawClient silent{port};
    RawClient empty_lines{port};
    empty_lines.send("\r\n\r\n\r");
    RawClient head{port};
    head.send("GET /hello HTTP/1.1\r\nHost: t\r\n");
    RawClient body{port};
    body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
              "Content-Length: 5\r\n\r\nab");
    RawClient idle{port};
    idle.send(get("/hello"));
    EXPECT_EQ(idle.read()->status, 200);

    EXPECT_EQ(head.read()->status, 408);
    EXPECT_EQ(body.read()->status, 408);
    for (auto* client : {&silent, &empty_lines, &head, &body, &idle}) {
        EXPECT_TRUE(client->is_closed());
    }
}

TEST_F(ServerTimeoutTest, SlowHeadsDoNotWinTime)
{
    start();
    RawClient client{port};
    client.send("GET /hello HTTP/1.1\r\nHost: t\r\n");
    for (int i = 0; i < 8; ++i) {
        client.send("X-A: b\r\n");
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_EQ(client.read()->status, 408);
}

TEST_F(ServerTimeoutTest, HandlersAreNotTimed)
{
    start();
    RawClient client{port};
    client.send(get("/hold"));
    hold.await_waiting(1);
    std::this_thread::sleep_for(1600ms);
    hold.open();
    EXPECT_EQ(client.read()->status, 200);
}

TEST_F(ServerTimeoutTest, ClientsThatDoNotReadAreClosed)
{
    router.get("/large", std::nullopt, [](const http::Request&) -> Result<http::Response> {
        return http::plain(std::string(32 * 1024 * 1024, 'x'), "text/plain");
    });
    start();
    RawClient client{port};
    client.send(get("/large"));
    const auto is_closed = [this] {
        return metrics.render().find("accessd_http_connections 0") != std::string::npos;
    };
    // The answer must be on its way first, which takes its time under a sanitizer.
    std::this_thread::sleep_for(500ms);
    EXPECT_FALSE(is_closed());
    const auto end = std::chrono::steady_clock::now() + 15s;
    while (!is_closed() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(50ms);
    EXPECT_TRUE(is_closed());
}

TEST_F(ServerTest, StopDoesNotWaitForSlowClients)
{
    settings.stop_timeout = 1s;
    start();
    RawClient client{port};
    client.send("GET /hello HTTP/1.1\r\n");
    const auto begin = std::chrono::steady_clock::now();
    server->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace accessd::test
