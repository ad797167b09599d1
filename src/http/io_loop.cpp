#include "http/io_loop.h"

#include "base/log.h"
#include "http/connection.h"

#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <exception>

namespace accessd::http {
namespace {

namespace asio = boost::asio;

/// How late a time-out may be noticed.
constexpr std::chrono::milliseconds kSweepInterval{250};

}  // namespace

struct IoLoop::Io {
    asio::io_context context{1};  ///< One thread runs it; others may still post.
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::steady_timer timer{context};
};

IoLoop::IoLoop() : io_(std::make_unique<Io>()) {}

IoLoop::~IoLoop() { stop(); }

asio::io_context& IoLoop::context() { return io_->context; }

void IoLoop::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void IoLoop::stop()
{
    io_->work.reset();
    io_->context.stop();
    if (thread_.joinable()) thread_.join();
    for_each([](Connection& connection) { connection.close(); });
    const std::scoped_lock lock{mutex_};
    answered_.clear();
}

void IoLoop::post(std::function<void()> call) { asio::post(io_->context, std::move(call)); }

void IoLoop::post_answered(std::shared_ptr<Connection> connection)
{
    {
        const std::scoped_lock lock{mutex_};
        answered_.push_back(std::move(connection));
        if (std::exchange(is_drain_pending_, true)) return;
    }
    asio::post(io_->context, [this] { drain(); });
}

void IoLoop::post_accepted(Site& site, std::unique_ptr<Stream> stream, std::string peer,
                           ClientConnections::Place place)
{
    const auto connection = std::make_shared<Connection>(*this, site, std::move(stream),
                                                         std::move(peer), std::move(place));
    asio::dispatch(io_->context, [this, &site, connection] {
        add(connection);
        // The call that closes idle connections at a stop may have run just before.
        if (site.shared.is_stopping) return connection->close();
        try {
            connection->start();
        } catch (const std::exception& exception) {
            connection->on_exception(exception);
        }
    });
}

void IoLoop::add(const std::shared_ptr<Connection>& connection)
{
    connection->slot = connections_.size();
    connections_.push_back(connection);
    arm_timer();
}

void IoLoop::remove(Connection& connection)
{
    const auto slot = connection.slot;
    connections_.back()->slot = slot;
    std::swap(connections_[slot], connections_.back());
    connections_.pop_back();
}

void IoLoop::for_each(const std::function<void(Connection&)>& call)
{
    // From the end: a connection that is removed gives its place to one already seen.
    for (auto i = connections_.size(); i-- > 0;) {
        const auto connection = connections_[i];
        try {
            call(*connection);
        } catch (const std::exception& exception) {
            connection->on_exception(exception);
        }
    }
}

void IoLoop::run()
{
    for (;;) {
        try {
            io_->context.run();
            return;
        } catch (const std::exception& exception) {
            log::error("an io callback failed", {{"detail", exception.what()}});
        } catch (...) {
            log::error("an io callback failed");
        }
    }
}

void IoLoop::drain()
{
    {
        const std::scoped_lock lock{mutex_};
        is_drain_pending_ = false;
        draining_.swap(answered_);
    }
    for (const auto& connection : draining_) {
        try {
            connection->on_answered();
        } catch (const std::exception& exception) {
            connection->on_exception(exception);
        }
    }
    draining_.clear();
}

void IoLoop::arm_timer()
{
    if (is_timer_armed_ || connections_.empty()) return;
    is_timer_armed_ = true;
    io_->timer.expires_after(kSweepInterval);
    io_->timer.async_wait([this](const boost::system::error_code& error) {
        is_timer_armed_ = false;
        if (!error) sweep();
        arm_timer();
    });
}

void IoLoop::sweep()
{
    const auto now = std::chrono::steady_clock::now();
    for_each([now](Connection& connection) { connection.on_tick(now); });
}

}  // namespace accessd::http
