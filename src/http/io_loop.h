#pragma once

#include "http/client_connections.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace accessd::http {

class Connection;
class Stream;
struct Site;

/// One io thread and the connections that it alone touches.
class IoLoop {
public:
    IoLoop();
    ~IoLoop();
    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    boost::asio::io_context& context();

    void start();
    /// Drops all connections and joins the thread. Threads: any but its own.
    void stop();

    /// Runs it on the io thread. Threads: any.
    void post(std::function<void()> call);
    /// Hands a connection back whose answer is ready. Answers that come together wake the io
    /// thread once. Threads: any.
    void post_answered(std::shared_ptr<Connection> connection);

    /// Makes a connection of an accepted stream and starts it. Threads: any.
    void post_accepted(Site& site, std::unique_ptr<Stream> stream, std::string peer,
                       ClientConnections::Place place);

    /// Threads, for these: its own.
    void remove(Connection& connection);
    void for_each(const std::function<void(Connection&)>& call);

private:
    struct Io;

    void run();
    void add(const std::shared_ptr<Connection>& connection);
    void drain();
    void arm_timer();
    void sweep();

    std::unique_ptr<Io> io_;
    std::vector<std::shared_ptr<Connection>> connections_;
    bool is_timer_armed_ = false;

    std::mutex mutex_;  ///< Guards what follows, but for draining_ and thread_.
    std::vector<std::shared_ptr<Connection>> answered_;
    bool is_drain_pending_ = false;

    std::vector<std::shared_ptr<Connection>> draining_;  ///< Kept for its memory.
    std::thread thread_;
};

}  // namespace accessd::http
