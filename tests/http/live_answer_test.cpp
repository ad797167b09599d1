#include "base/live_text.h"
#include "http/server.h"

#include "server_fixture.h"

#include <array>
#include <chrono>
#include <memory>
#include <thread>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

/// A server with a route whose answers go on.
class LiveAnswerTest : public ServerTest {
protected:
    LiveAnswerTest()
    {
        router.get("/live", std::nullopt, [this](const http::Request& request) {
            http::Response response;
            response.content_type = "text/event-stream";
            response.body = "first\n";
            response.live = text_;
            static_cast<void>(request);
            return Result<http::Response>{std::move(response)};
        });
    }

    ~LiveAnswerTest() override
    {
        // Its route looks at what is gone after this.
        if (server) server->stop();
    }

    /// What comes until the connection ends or `end` is there.
    static std::string read_until(RawClient& client, const std::string& end)
    {
        std::string all;
        std::array<char, 4096> bytes{};
        while (all.find(end) == std::string::npos) {
            const auto count = ::recv(client.handle(), bytes.data(), bytes.size(), 0);
            if (count <= 0) break;
            all.append(bytes.data(), static_cast<std::size_t>(count));
        }
        return all;
    }

    bool becomes_closed() const
    {
        const auto until = std::chrono::steady_clock::now() + 8s;
        while (text_->is_open() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(5ms);
        }
        return !text_->is_open();
    }

    std::shared_ptr<LiveText> text_ = std::make_shared<LiveText>();
};

TEST_F(LiveAnswerTest, GoesOnUntilItsEnd)
{
    start();
    RawClient client{port};
    client.send(get("/live"));
    const auto head = read_until(client, "first\n");
    EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
    EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos) << head;

    text_->add("second\n");
    EXPECT_EQ(read_until(client, "second\n"), "second\n");
    const std::string much(100'000, 'x');
    text_->add(much + "end\n");
    text_->end();

    EXPECT_EQ(read_until(client, "never"), much + "end\n") << "and then the connection ends";
}

TEST_F(LiveAnswerTest, HoldsNoWorker)
{
    settings.workers = 1;
    start();
    RawClient follower{port};
    follower.send(get("/live"));
    read_until(follower, "first\n");

    RawClient other{port};
    other.send(get("/hello"));
    EXPECT_EQ(other.read()->status, 200);
}

TEST_F(LiveAnswerTest, EndsWhenItsReaderLeaves)
{
    start();
    {
        RawClient client{port};
        client.send(get("/live"));
        read_until(client, "first\n");
    }
    EXPECT_TRUE(becomes_closed());
    EXPECT_FALSE(text_->add("for nobody"));
}

TEST_F(LiveAnswerTest, EndsWhenItsReaderTakesNothing)
{
    settings.write_timeout = 1s;
    start();
    RawClient client{port};
    client.send(get("/live"));
    read_until(client, "first\n");  // It does read; then it doesn't.
    const std::string piece(64 * 1024, 'x');
    const auto until = std::chrono::steady_clock::now() + 8s;
    while (text_->add(piece) && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(becomes_closed());
}

TEST_F(LiveAnswerTest, EndsWhenTheServerStops)
{
    start();
    RawClient client{port};
    client.send(get("/live"));
    read_until(client, "first\n");
    const auto began = std::chrono::steady_clock::now();

    server->stop();

    EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
    EXPECT_TRUE(becomes_closed());
}

}  // namespace
}  // namespace accessd::test
