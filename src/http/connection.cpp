#include "http/connection.h"

#include "base/error.h"
#include "base/log.h"
#include "http/client_address.h"
#include "http/io_loop.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace accessd::http {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = 4 * 1024;        ///< Of a connection at rest.
constexpr std::size_t kBufferBytesBody = 16 * 1024;   ///< While a body comes in.
constexpr std::size_t kFreeBytesMin = 1024;           ///< A read asks for at least this much.
constexpr std::size_t kBodyBytesNoRoute = 64 * 1024;  ///< Read and forgotten before a 404.
constexpr std::size_t kWireBytesKept = 16 * 1024;     ///< Larger answers give their memory back.
constexpr std::size_t kDiscardBytesMax = 1024 * 1024;
constexpr std::chrono::seconds kLingerTimeout{1};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(IoLoop& loop, Site& site, std::unique_ptr<Stream> stream, std::string peer,
                       ClientConnections::Place place)
    : loop_(loop),
      site_(site),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      place_(std::move(place)),
      share_(site.shared.body_bytes, site.shared.settings.bodies_bytes_max),
      parser_({.head_bytes_max = site.shared.settings.header_bytes_max,
               .target_bytes_max = site.shared.settings.uri_bytes_max},
              share_),
      buffer_(kBufferBytes)
{
}

Connection::~Connection()
{
    if (exchange_.live) exchange_.live->detach();
}

void Connection::start()
{
    enter(Phase::Handshaking, site_.shared.settings.silent_timeout);
    stream_->handshake(shared_from_this());
}

void Connection::on_handshake(bool is_done)
{
    if (phase_ == Phase::Closed) return;
    if (!is_done) return close();
    phase_ = Phase::Silent;  // under the same deadline
    read();
}

void Connection::on_read(std::size_t bytes)
{
    is_reading_ = false;
    if (phase_ == Phase::Closed) return;
    // A time-out is being answered while its read still ran: these bytes come too late.
    if (phase_ == Phase::Writing) return;
    if (phase_ == Phase::Lingering) return on_discarded(bytes);
    if (bytes == 0) return close();
    // A client that follows an answer has nothing to say; reading only tells when it leaves.
    if (phase_ == Phase::Streaming) {
        begin_ = end_ = 0;
        return read();
    }
    end_ += bytes;
    process();
}

void Connection::on_written(bool is_done)
{
    if (phase_ == Phase::Closed) return;
    if (!is_done) return close();
    if (phase_ == Phase::Continuing) {
        phase_ = Phase::Body;  // under the same deadline
        return read();
    }
    if (phase_ == Phase::Streaming) {
        is_writing_live_ = false;
        return write_stream();
    }
    if (exchange_.live && !site_.shared.is_draining) return start_stream();
    if (exchange_.keeps_alive && !site_.shared.is_draining) return next_request();
    linger();
}

void Connection::on_finished()
{
    if (phase_ == Phase::Closed) return;
    // Closing with bytes unread would reset the connection, and the client might lose the answer.
    if (is_request_whole_ && unread().empty()) return close();
    if (!is_reading_) discard();
}

void Connection::on_discarded(std::size_t bytes)
{
    if (phase_ == Phase::Closed) return;
    discarded_ += bytes;
    if (bytes == 0 || discarded_ > kDiscardBytesMax) return close();
    discard();
}

void Connection::on_exception(const std::exception& exception) noexcept
{
    try {
        log::error("a connection failed", {{"detail", exception.what()}});
        close();
    } catch (const std::exception&) {
        // No memory even for that: the sweep closes it by its deadline.
    }
}

void Connection::on_tick(SteadyClock::time_point now)
{
    if (now < deadline_) return;
    switch (phase_) {
    case Phase::Head:
    case Phase::Body: return refuse(Error{ErrorCode::RequestTimeout});
    case Phase::Working:
    case Phase::Closed: return;
    case Phase::Streaming:
        if (is_writing_live_) close();
        return;
    case Phase::Handshaking:
    case Phase::Silent:
    case Phase::Idle:
    case Phase::Continuing:
    case Phase::Writing:
    case Phase::Lingering: return close();
    }
}

void Connection::on_stopping()
{
    const bool is_idle = phase_ == Phase::Handshaking || phase_ == Phase::Silent ||
                         phase_ == Phase::Idle || phase_ == Phase::Streaming;
    if (is_idle) close();
}

void Connection::close()
{
    if (std::exchange(phase_, Phase::Closed) == Phase::Closed) return;
    stream_->close();
    if (exchange_.live) exchange_.live->detach();
    site_.shared.connections_gauge.add(-1);
    site_.shared.connections.fetch_sub(1);
    place_ = {};
    const auto self = shared_from_this();  // the loop's may be the last
    loop_.remove(*this);
}

void Connection::enter(Phase phase, SteadyClock::duration timeout)
{
    phase_ = phase;
    deadline_ = SteadyClock::now() + timeout;
}

void Connection::read()
{
    is_reading_ = true;
    stream_->read(free_space(), shared_from_this());
}

std::span<char> Connection::free_space()
{
    if (begin_ == end_) begin_ = end_ = 0;
    const auto wanted = phase_ == Phase::Body ? kBufferBytesBody : kBufferBytes;
    if (buffer_.size() - end_ < kFreeBytesMin && begin_ > 0) {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= std::exchange(begin_, 0);
    }
    // Growth is bounded: the parser refuses a head, or a chunk's head, beyond its limit.
    if (buffer_.size() - end_ < kFreeBytesMin) buffer_.resize(buffer_.size() * 2);
    if (buffer_.size() < wanted) buffer_.resize(wanted);
    return std::span{buffer_}.subspan(end_);
}

void Connection::process()
{
    if ((phase_ == Phase::Silent || phase_ == Phase::Idle) && !find_start()) return read();
    if (phase_ == Phase::Head && !read_head()) return;
    if (phase_ == Phase::Body) read_body();
}

/// True once a request has begun. Empty lines before it are skipped (RFC 9112 section 2.2).
bool Connection::find_start()
{
    while (unread().starts_with("\r\n")) begin_ += 2;
    if (unread().empty() || unread() == "\r") return false;
    enter(Phase::Head, site_.shared.settings.header_timeout);
    return true;
}

/// True once the head is complete and its request may go on.
bool Connection::read_head()
{
    const auto used = parser_.read_head(unread(), exchange_.request);
    if (!used) {
        refuse(used.error());
        return false;
    }
    if (*used == 0) {
        read();
        return false;
    }
    begin_ += *used;
    enter(Phase::Body, site_.shared.settings.body_timeout);
    exchange_.started = SteadyClock::now();
    exchange_.is_http_1_0 = parser_.is_http_1_0();
    exchange_.keeps_alive = parser_.keeps_alive();
    exchange_.request.peer =
        client_address(peer_, exchange_.request, site_.shared.settings.trusted_proxies);
    name_request(exchange_, site_);
    find_route(exchange_, site_);
    parser_.set_body_max(exchange_.route != nullptr ? exchange_.route->options.body_bytes_max
                                                    : kBodyBytesNoRoute);
    if (exchange_.route != nullptr) parser_.set_body_folder(exchange_.route->options.body_folder);
    if (parser_.is_complete() || !unread().empty()) take_body();
    if (phase_ != Phase::Body) return false;
    await_body();
    return false;
}

void Connection::await_body()
{
    if (exchange_.refusal) return refuse(*exchange_.refusal);
    if (const auto admitted = admit(exchange_, site_); !admitted) return refuse(admitted.error());
    if (parser_.is_declared_too_large()) return refuse(Error{ErrorCode::BodyTooLarge});
    if (!parser_.expects_continue()) return read();
    phase_ = Phase::Continuing;  // under the body's deadline
    stream_->write(kContinue, shared_from_this());
}

void Connection::read_body()
{
    take_body();
    if (phase_ != Phase::Body) return;
    // A file of a gigabyte takes its time; what must not end is the coming of bytes.
    const auto* route = exchange_.route;
    if (route != nullptr && !route->options.body_folder.empty()) {
        enter(Phase::Body, site_.shared.settings.body_timeout);
    }
    read();
}

/// Takes what has come of the body, and lets the request run if that was the rest.
void Connection::take_body()
{
    if (!exchange_.is_admitted && parser_.is_declared_too_large()) return;  // see await_body()
    while (!parser_.is_complete() && !unread().empty()) {
        const auto used = parser_.read_body(unread(), exchange_.request);
        if (!used) return refuse(used.error());
        if (*used == 0) break;
        begin_ += *used;
    }
    if (parser_.is_complete()) submit();
}

void Connection::submit()
{
    is_request_whole_ = true;
    enter(Phase::Working, {});
    if (exchange_.refusal && !exchange_.is_preflight) {
        answer(exchange_, site_, *exchange_.refusal);
        write_answer();
    } else if (site_.shared.answers_awaited >= site_.shared.settings.queue_max) {
        answer(exchange_, site_, Error{ErrorCode::Busy, "too many answers wait"});
        write_answer();
    } else if (!site_.shared.workers.submit(shared_from_this())) {
        answer(exchange_, site_, Error{ErrorCode::Busy, "queue full"});
        write_answer();
    }
}

void Connection::run() noexcept
{
    try {
        if (const auto later = answer_by_handler(exchange_, site_)) return await_answer(later);
    } catch (const std::exception& exception) {
        log::error("an answer failed", {{"detail", exception.what()}});
        exchange_.wire.clear();
    }
    exchange_.request = {};
    loop_.post_answered(shared_from_this());
}

/// Gives the worker back. What is waited for may also end at once, by its own thread: then this one completes the
/// answer, for the loop has others to serve.
void Connection::await_answer(const Later& later)
{
    auto& awaited = site_.shared.answers_awaited;
    ++awaited;
    try {
        later([this, &awaited, self = shared_from_this(),
               worker = std::this_thread::get_id()](Completion completion) {
            if (std::this_thread::get_id() == worker) {
                complete(completion);
            } else {
                completion_ = std::move(completion);
            }
            loop_.post_answered(self);
            --awaited;
        });
    } catch (const std::exception& problem) {  // It can't begin, so nobody will call.
        --awaited;
        complete([&problem]() -> Result<Response> {
            return Error{ErrorCode::Internal, std::string{"exception: "} + problem.what()};
        });
        loop_.post_answered(shared_from_this());
    }
}

void Connection::complete(const Completion& completion)
{
    try {
        answer_by_completion(exchange_, site_, completion);
    } catch (const std::exception& exception) {
        log::error("an answer failed", {{"detail", exception.what()}});
        exchange_.wire.clear();
    }
    exchange_.request = {};
}

void Connection::on_answered()
{
    if (completion_) complete(std::exchange(completion_, {}));
    share_.release();
    if (phase_ == Phase::Closed) return;
    if (exchange_.wire.empty()) return close();
    write_answer();
}

/// Answers an error without reading any further.
void Connection::refuse(const Error& error)
{
    if (exchange_.request.id.empty()) {
        exchange_.started = SteadyClock::now();
        name_request(exchange_, site_);
    }
    exchange_.keeps_alive = false;
    answer(exchange_, site_, error);
    write_answer();
}

void Connection::write_answer()
{
    enter(Phase::Writing, site_.shared.settings.write_timeout);
    stream_->write(exchange_.wire, shared_from_this());
}

void Connection::start_stream()
{
    enter(Phase::Streaming, {});
    exchange_.wire.clear();
    begin_ = end_ = 0;
    exchange_.live->attach([this, held = weak_from_this()] {
        loop_.post([held] {
            const auto connection = held.lock();
            if (connection == nullptr) return;
            try {
                connection->on_live();
            } catch (const std::exception& exception) {
                connection->on_exception(exception);
            }
        });
    });
    if (!is_reading_) read();
}

void Connection::on_live()
{
    if (phase_ == Phase::Streaming && !is_writing_live_) write_stream();
}

void Connection::write_stream()
{
    auto taken = exchange_.live->take();
    if (taken.text.empty()) {
        if (taken.is_last) linger();
        return;
    }
    exchange_.wire = std::move(taken.text);
    enter(Phase::Streaming, site_.shared.settings.write_timeout);
    is_writing_live_ = true;
    stream_->write(exchange_.wire, shared_from_this());
}

void Connection::next_request()
{
    auto wire = std::move(exchange_.wire);
    if (wire.capacity() > kWireBytesKept) wire = {};
    exchange_ = {};
    exchange_.wire = std::move(wire);
    share_.release();
    parser_.reset();
    is_request_whole_ = false;
    if (unread().empty() && buffer_.size() > kBufferBytes) {
        begin_ = end_ = 0;
        buffer_ = std::vector<char>(kBufferBytes);
    }
    enter(Phase::Idle, site_.shared.settings.keep_alive_timeout);
    process();
}

void Connection::linger()
{
    enter(Phase::Lingering, kLingerTimeout);
    discarded_ = 0;
    stream_->finish(shared_from_this());
}

void Connection::discard()
{
    begin_ = end_ = 0;
    stream_->discard(buffer_, shared_from_this());
}

}  // namespace accessd::http
