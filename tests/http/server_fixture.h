#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "http/response.h"
#include "http/router.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "raw_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace accessd::test {

/// Knows one token.
class FakeGuard final : public http::Guard {
public:
    Result<Caller> authenticate(std::string_view bearer) override
    {
        ++calls;
        if (bearer != "good") return Error{ErrorCode::InvalidToken};
        Caller caller;
        caller.subject = "key_1";
        caller.scopes = static_cast<std::uint8_t>(Scope::Any);
        return caller;
    }

    std::atomic<int> calls{0};
};

/// Holds requests until it is opened.
class Hold {
public:
    void wait()
    {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
    }
    void await_waiting(int count)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return waiting_ >= count; });
    }
    void open()
    {
        const std::scoped_lock lock{mutex_};
        is_open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool is_open_ = false;
};

/// A server on free ports with a few routes. Tests change `settings` before start().
class ServerTest : public testing::Test {
protected:
    ServerTest()
    {
        log::configure(log::Level::Error, log::Format::Text);
        settings.workers = 4;
        settings.stop_timeout = std::chrono::seconds{5};
        api.port = 0;
        operations.port = 0;
        add_routes();
    }

    ~ServerTest() override
    {
        hold.open();
        if (server) server->stop();
    }

    void start()
    {
        auto created = http::Server::create(settings, api, router, operations, operations_router,
                                            guard, clock, random, metrics);
        ASSERT_TRUE(created) << created.error().message;
        server = std::move(*created);
        server->start();
        port = server->port(http::Listener::Api);
    }

    static std::string get(const std::string& path, const std::string& headers = {})
    {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
    }
    static std::string post(const std::string& path, const std::string& body)
    {
        return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    http::ServerSettings settings;
    http::ListenerSettings api;
    http::ListenerSettings operations;
    http::Router router;
    http::Router operations_router;
    FakeGuard guard;
    SystemClock clock;
    SystemRandom random;
    metrics::Metrics metrics;
    Hold hold;
    std::unique_ptr<http::Server> server;
    std::uint16_t port = 0;

private:
    void add_routes()
    {
        const auto echo = [](const http::Request& request) -> Result<http::Response> {
            return http::plain(request.body, "text/plain");
        };
        router.get("/hello", std::nullopt, [](const http::Request& request) {
            return Result<http::Response>{http::plain("hello " + request.query, "text/plain")};
        });
        router.get("/throw", std::nullopt, [](const http::Request&) -> Result<http::Response> {
            throw std::runtime_error{"broken"};
        });
        router.get("/throw-int", std::nullopt,
                   [](const http::Request&) -> Result<http::Response> { throw 1; });
        router.get("/hold", std::nullopt, [this](const http::Request&) -> Result<http::Response> {
            hold.wait();
            return http::plain("held", "text/plain");
        });
        router.get("/split", std::nullopt, [](const http::Request&) -> Result<http::Response> {
            return http::plain("x", "text/plain")
                .with_header("X-Own", "a\r\nX-Evil: 1")
                .with_header("Cache-Control", "max-age=60");
        });
        router.get("/nothing", std::nullopt, [](const http::Request&) -> Result<http::Response> {
            return http::plain("", "", 204);
        });
        router.get("/peer", std::nullopt, [](const http::Request& request) {
            return Result<http::Response>{http::plain(request.peer, "text/plain")};
        });
        router.get("/private", Scope::Read, [](const http::Request& request) {
            return Result<http::Response>{
                http::plain(request.authenticated().subject, "text/plain")};
        });
        router.post("/echo", std::nullopt, echo);
        router.post("/private", Scope::Access, echo);
        router.add("POST", "/small", {.body_bytes_max = 10}, echo);
        operations_router.get("/health", std::nullopt, [](const http::Request&) {
            return Result<http::Response>{http::plain("ok", "text/plain")};
        });
    }
};

}  // namespace accessd::test
