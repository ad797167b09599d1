#include "http/response.h"
#include "http/server.h"

#include "server_fixture.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

/// A server with a route whose answers come when a test says so.
class LaterAnswerTest : public ServerTest {
protected:
    using Done = std::function<void(Result<std::string>)>;

    LaterAnswerTest()
    {
        settings.workers = 1;
        router.get("/later", std::nullopt, [this](const http::Request&) {
            return Result<http::Response>{later([this](Done done) { keep(std::move(done)); })};
        });
        router.get("/at-once", std::nullopt, [this](const http::Request&) {
            return Result<http::Response>{later([](Done done) { done(std::string{"at once"}); })};
        });
        router.get("/never-begun", std::nullopt, [this](const http::Request&) {
            return Result<http::Response>{
                later([](const Done&) { throw std::runtime_error{"cannot begin"}; })};
        });
    }

    ~LaterAnswerTest() override
    {
        for (auto& done : take()) done(Error{ErrorCode::StoreUnavailable});
    }

    http::Response later(std::function<void(Done)> begin)
    {
        return http::answer_later<Result<std::string>>(
            std::move(begin), [this](Result<std::string>& outcome) -> Result<http::Response> {
                completed_by_ = std::this_thread::get_id();
                if (outcome && *outcome == "throw") throw std::runtime_error{"broken"};
                if (!outcome) return outcome.error();
                return http::plain(*outcome, "text/plain");
            });
    }

    void keep(Done done)
    {
        const std::scoped_lock lock{mutex_};
        begun_.push_back(std::move(done));
        changed_.notify_all();
    }

    /// Those that began, once there are `count`.
    std::vector<Done> take(std::size_t count = 0)
    {
        std::unique_lock lock{mutex_};
        EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return begun_.size() >= count; }));
        return std::exchange(begun_, {});
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Done> begun_;
    std::atomic<std::thread::id> completed_by_{};
};

TEST_F(LaterAnswerTest, HoldsNoWorker)
{
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send(get("/later"));
    }
    auto begun = take(20);  // By one worker.
    RawClient other{port};
    other.send(get("/hello"));
    EXPECT_EQ(other.read()->status, 200);

    for (auto& done : begun) done(std::string{"here"});
    for (auto& client : clients) {
        const auto answer = client->read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "here");
    }
}

TEST_F(LaterAnswerTest, AreBounded)
{
    settings.queue_max = 3;
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send(get("/later"));
    }
    auto begun = take(3);
    RawClient other{port};
    other.send(get("/later"));
    const auto refused = other.read();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->headers.count("retry-after"), 1U);

    for (auto& done : begun) done(std::string{"here"});
    for (auto& client : clients) EXPECT_EQ(client->read()->body, "here");
    other.send(get("/hello"));
    EXPECT_EQ(other.read()->status, 200) << "there is room again";
}

TEST_F(LaterAnswerTest, KeepsTheOrderOfAConnection)
{
    start();
    RawClient client{port};
    client.send(get("/later") + get("/hello") + get("/at-once"));
    auto begun = take(1);
    begun.front()(std::string{"first"});
    EXPECT_EQ(client.read()->body, "first");
    EXPECT_EQ(client.read()->body, "hello ");
    EXPECT_EQ(client.read()->body, "at once");
}

TEST_F(LaterAnswerTest, IsCompletedByAThreadThatServes)
{
    start();
    RawClient client{port};
    client.send(get("/later"));
    take(1).front()(std::string{"x"});  // As a store's thread would: it has others' writes to do.
    EXPECT_EQ(client.read()->body, "x");
    EXPECT_NE(completed_by_.load(), std::this_thread::get_id());
    EXPECT_NE(completed_by_.load(), std::thread::id{});
}

TEST_F(LaterAnswerTest, FailuresAreAnswered)
{
    start();
    RawClient client{port};
    client.send(get("/later"));
    take(1).front()(Error{ErrorCode::StoreUnavailable});
    EXPECT_EQ(client.read()->status, 503);
    client.send(get("/later"));
    take(1).front()(std::string{"throw"});
    EXPECT_EQ(client.read()->status, 500);
    client.send(get("/hello"));
    EXPECT_EQ(client.read()->status, 200);
}

TEST_F(LaterAnswerTest, OutlivesItsClient)
{
    start();
    {
        RawClient client{port};
        client.send(get("/later"));
        begun_ = take(1);
    }
    std::this_thread::sleep_for(20ms);
    take(1).front()(std::string{"for nobody"});
    RawClient other{port};
    other.send(get("/hello"));
    EXPECT_EQ(other.read()->status, 200);
}

TEST_F(LaterAnswerTest, AStopWaitsForIt)
{
    settings.stop_timeout = 0s;
    start();
    RawClient client{port};
    client.send(get("/later"));
    auto begun = take(1);
    std::thread store{[&] {
        std::this_thread::sleep_for(50ms);
        begun.front()(std::string{"late"});
    }};
    server->stop();
    server.reset();  // What the answer is handed to must have been there.
    store.join();
}

TEST_F(LaterAnswerTest, WhatCannotBeginIsAnsweredToo)
{
    start();
    RawClient client{port};
    client.send(get("/never-begun"));
    EXPECT_EQ(client.read()->status, 500);
    server->stop();  // Nothing is waited for any more.
}

TEST_F(LaterAnswerTest, CanBeWaitedFor)
{
    std::thread store;
    auto response = later([&](Done done) {
        store = std::thread{[done = std::move(done)] {
            std::this_thread::sleep_for(10ms);
            done(std::string{"waited"});
        }};
    });
    const auto answer = http::wait_for_answer(std::move(response));
    store.join();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "waited");
    EXPECT_EQ(completed_by_.load(), std::this_thread::get_id());
    EXPECT_EQ(http::wait_for_answer(http::plain("own", "text/plain"))->body, "own");
    EXPECT_EQ(http::wait_for_answer(Error{ErrorCode::Busy}).error().code, ErrorCode::Busy);
}

}  // namespace
}  // namespace accessd::test
