#pragma once

#include "http/client_connections.h"
#include "http/exchange.h"
#include "http/request_parser.h"
#include "http/site.h"
#include "http/stream.h"
#include "http/worker_pool.h"

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::http {

class IoLoop;

/// One client's connection: reads requests one after the other, has each answered, writes the
/// answers in that order. Bytes of later requests wait in the buffer.
/// Threads: its loop's, except run(), which a worker calls while the loop keeps its hands off the
/// exchange.
class Connection final : public StreamUser,
                         public Task,
                         public std::enable_shared_from_this<Connection> {
public:
    ~Connection() override;
    /// `peer` is the client's IP address as text.
    Connection(IoLoop& loop, Site& site, std::unique_ptr<Stream> stream, std::string peer,
               ClientConnections::Place place);

    void start();
    void run() noexcept override;
    void on_answered();
    /// More of an answer that goes on is there.
    void on_live();
    /// Acts on time-outs. One sweep over all connections costs less than a timer for each.
    void on_tick(std::chrono::steady_clock::time_point now);
    /// Closes unless a request is under way.
    void on_stopping();
    void close();

    void on_handshake(bool is_done) override;
    void on_read(std::size_t bytes) override;
    void on_written(bool is_done) override;
    void on_finished() override;
    void on_discarded(std::size_t bytes) override;
    void on_exception(const std::exception& exception) noexcept override;

    std::size_t slot = 0;  ///< The loop's note of where it keeps this connection.

private:
    enum class Phase {
        Handshaking,
        Silent,  ///< No byte came yet.
        Idle,    ///< Between requests.
        Head,
        Body,
        Continuing,  ///< Writing "100 Continue".
        Working,     ///< With a worker.
        Writing,
        Streaming,  ///< An answer that goes on.
        Lingering,  ///< Waiting for the client to take its last answer.
        Closed
    };

    void enter(Phase phase, std::chrono::steady_clock::duration timeout);
    void read();
    void process();
    bool find_start();
    bool read_head();
    void read_body();
    /// Decides on the headers whether the rest of the body is worth reading.
    void await_body();
    void take_body();
    void submit();
    void await_answer(const Later& later);
    void complete(const Completion& completion);
    void refuse(const Error& error);
    void write_answer();
    void start_stream();
    void write_stream();
    void next_request();
    void linger();
    void discard();

    std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
    std::span<char> free_space();

    IoLoop& loop_;
    Site& site_;
    std::unique_ptr<Stream> stream_;
    std::string peer_;
    ClientConnections::Place place_;
    BodyShare share_;
    RequestParser parser_;
    Exchange exchange_;
    Completion completion_;  ///< Of an answer that came later.
    Phase phase_ = Phase::Silent;
    std::chrono::steady_clock::time_point deadline_;
    bool is_reading_ = false;
    bool is_request_whole_ = false;
    bool is_writing_live_ = false;
    std::size_t discarded_ = 0;
    std::size_t begin_ = 0;  ///< The unread bytes of buffer_ lie between these.
    std::size_t end_ = 0;
    std::vector<char> buffer_;
};

}  // namespace accessd::http
