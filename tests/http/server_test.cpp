#include "http/server.h"

#include "server_fixture.h"

#include <thread>
#include <vector>

namespace accessd::test {
namespace {

TEST_F(ServerTest, AnswersCarryTheCommonHeaders)
{
    start();
    RawClient client{port};
    client.send(get("/hello?a=1"));
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello a=1");
    EXPECT_EQ(answer->headers.at("content-type"), "text/plain");
    EXPECT_EQ(answer->headers.at("cache-control"), "no-store");
    EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer->headers.at("server"), "accessd");
    EXPECT_EQ(answer->headers.at("x-request-id").substr(0, 4), "req_");
    EXPECT_EQ(answer->headers.at("date").size(), 29U);
    EXPECT_EQ(answer->headers.count("connection"), 0U);
}

TEST_F(ServerTest, KeepsTheConnection)
{
    start();
    RawClient client{port};
    for (int i = 0; i < 5; ++i) {
        client.send(get("/hello?" + std::to_string(i)));
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "hello " + std::to_string(i));
    }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder)
{
    start();
    RawClient client{port};
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += i % 3 == 0 ? post("/echo", std::to_string(i)) : get("/hello?" + std::to_string(i));
        all += get("/nowhere");
    }
    client.send(all);
    for (int i = 0; i < 50; ++i) {
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, (i % 3 == 0 ? "" : "hello ") + std::to_string(i));
        const auto missing = client.read();
        ASSERT_TRUE(missing);
        EXPECT_EQ(missing->status, 404);
    }
}

TEST_F(ServerTest, ReadsRequestsByteByByte)
{
    start();
    RawClient client{port};
    const auto request = post("/echo", "slow") + get("/hello");
    for (const char c : request) client.send({&c, 1});
    EXPECT_EQ(client.read()->body, "slow");
    EXPECT_EQ(client.read()->body, "hello ");
}

TEST_F(ServerTest, ReadsChunkedBodies)
{
    start();
    RawClient client{port};
    const std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
    client.send(head + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n" + head);
    EXPECT_EQ(client.read()->body, "abc0123456789");
    for (const char c : std::string{"3\r\nabc\r\n0\r\n\r\n"}) client.send({&c, 1});
    EXPECT_EQ(client.read()->body, "abc");
}

TEST_F(ServerTest, ReadsLargeBodies)
{
    start();
    RawClient client{port};
    const std::string body(60'000, 'b');
    for (int i = 0; i < 3; ++i) {
        client.send(post("/echo", body));
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, body);
    }
}

TEST_F(ServerTest, AnswersHeadWithoutTheBody)
{
    start();
    RawClient client{port};
    client.send("HEAD /hello HTTP/1.1\r\nHost: t\r\n\r\n" + get("/hello"));
    const auto head = client.read(false);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->headers.at("content-length"), "6");
    EXPECT_EQ(client.read()->body, "hello ");
}

TEST_F(ServerTest, NoContentHasNoLength)
{
    start();
    RawClient client{port};
    client.send(get("/nothing") + get("/hello"));
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(answer->headers.count("content-length"), 0U);
    EXPECT_EQ(answer->headers.count("content-type"), 0U);
    EXPECT_EQ(client.read()->status, 200);
}

TEST_F(ServerTest, RepeatsSafeRequestIdsOnly)
{
    start();
    RawClient client{port};
    client.send(get("/hello", "X-Request-Id: my-id_1.2\r\n"));
    EXPECT_EQ(client.read()->headers.at("x-request-id"), "my-id_1.2");
    const std::vector<std::string> refused{"X-Request-Id: a b\r\n", "X-Request-Id:\r\n",
                                           "X-Request-Id: a\r\nX-Request-Id: b\r\n",
                                           "X-Request-Id: " + std::string(65, 'a') + "\r\n"};
    for (const auto& header : refused) {
        client.send(get("/hello", header));
        EXPECT_EQ(client.read()->headers.at("x-request-id").substr(0, 4), "req_") << header;
    }
}

TEST_F(ServerTest, ExceptionsBecome500)
{
    log::configure(log::Level::Error, log::Format::Text);
    start();
    RawClient client{port};
    for (const auto* path : {"/throw", "/throw-int"}) {
        client.send(get(path, "X-Request-Id: seen\r\n"));
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 500);
        EXPECT_EQ(answer->headers.at("x-request-id"), "seen");
        EXPECT_EQ(answer->body.find("broken"), std::string::npos);
    }
}

TEST_F(ServerTest, HeaderValuesCannotSplitTheAnswer)
{
    start();
    RawClient client{port};
    client.send(get("/split"));
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("x-own"), "aX-Evil: 1");
    EXPECT_EQ(answer->headers.count("x-evil"), 0U);
    EXPECT_EQ(answer->headers.at("cache-control"), "max-age=60");
}

TEST_F(ServerTest, ClosesWhenAsked)
{
    start();
    RawClient client{port};
    client.send(get("/hello", "Connection: close\r\n"));
    EXPECT_EQ(client.read()->headers.at("connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, Http10KeepsOnlyWhenAsked)
{
    start();
    RawClient once{port};
    once.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(once.read()->headers.at("connection"), "close");
    EXPECT_TRUE(once.is_closed());
    RawClient twice{port};
    twice.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(twice.read()->headers.at("connection"), "keep-alive");
    twice.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(twice.read()->body, "hello ");
}

TEST_F(ServerTest, SkipsEmptyLinesBeforeRequests)
{
    start();
    RawClient client{port};
    client.send("\r\n" + get("/hello") + "\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read()->status, 200);
    EXPECT_EQ(client.read()->status, 200);
}

TEST_F(ServerTest, AnswersAfterTheClientHalfCloses)
{
    start();
    RawClient client{port};
    client.send(get("/hello"));
    client.finish();
    EXPECT_EQ(client.read()->status, 200);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, ServesEachListenerItsRoutes)
{
    start();
    RawClient client{server->port(http::Listener::Operations)};
    client.send(get("/health") + get("/hello"));
    EXPECT_EQ(client.read()->body, "ok");
    EXPECT_EQ(client.read()->status, 404);
    RawClient other{port};
    other.send(get("/peer") + get("/health"));
    EXPECT_EQ(other.read()->body, "127.0.0.1");
    EXPECT_EQ(other.read()->status, 404);
}

TEST_F(ServerTest, CountsRequestsByRoute)
{
    start();
    RawClient client{port};
    client.send(get("/hello?secret") + get("/nowhere/secret") +
                "EVIL /x HTTP/1.1\r\nHost: t\r\n\r\n");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.read());
    const auto text = metrics.render();
    EXPECT_NE(
        text.find("accessd_http_requests_total{method=\"GET\",route=\"/hello\",status=\"200\"} 1"),
        std::string::npos);
    EXPECT_NE(text.find("accessd_http_connections 1"), std::string::npos);
    EXPECT_NE(text.find("method=\"?\",route=\"-\""), std::string::npos);
    EXPECT_EQ(text.find("secret"), std::string::npos);
    EXPECT_EQ(text.find("EVIL"), std::string::npos);
}

TEST_F(ServerTest, StopFinishesARunningRequest)
{
    start();
    RawClient idle{port};
    idle.send(get("/hello"));
    ASSERT_TRUE(idle.read());
    RawClient client{port};
    client.send(get("/hold"));
    hold.await_waiting(1);
    std::thread stopping{[this] { server->stop(); }};
    EXPECT_TRUE(idle.is_closed());  // while the other request still runs
    hold.open();
    const auto answer = client.read();
    stopping.join();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "held");
    EXPECT_EQ(answer->headers.at("connection"), "close");
    EXPECT_TRUE(client.is_closed());
    EXPECT_THROW(RawClient{port}, std::runtime_error);
}

TEST_F(ServerTest, CreateNamesAPortInUse)
{
    start();
    auto taken = api;
    taken.port = port;
    const auto second = http::Server::create(settings, taken, router, operations, operations_router,
                                             guard, clock, random, metrics);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Internal);
    EXPECT_EQ(second.error().message,
              "server.port: 127.0.0.1:" + std::to_string(port) +
                  " is in use. Stop the other program or choose another port.");
}

TEST_F(ServerTest, CreateRefusesAHostName)
{
    api.address = "localhost";
    const auto created = http::Server::create(settings, api, router, operations, operations_router,
                                              guard, clock, random, metrics);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().message.find("server.address: "), 0U);
}

TEST_F(ServerTest, AnswersManyConnectionsAtOnce)
{
    settings.io_threads = 2;
    start();
    constexpr int threads = 20;
    constexpr int requests = 100;
    std::atomic<int> right{0};
    std::vector<std::thread> clients;
    for (int t = 0; t < threads; ++t) {
        clients.emplace_back([this, t, &right] {
            RawClient client{port};
            for (int i = 0; i < requests; ++i) {
                const auto text = std::to_string(t) + '-' + std::to_string(i);
                client.send(i % 2 == 0 ? get("/hello?" + text) : post("/echo", text));
                const auto answer = client.read();
                if (answer && answer->body == (i % 2 == 0 ? "hello " : "") + text) ++right;
            }
        });
    }
    for (auto& client : clients) client.join();
    EXPECT_EQ(right, threads * requests);
}

}  // namespace
}  // namespace accessd::test
