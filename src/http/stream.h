#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string_view>

namespace accessd::http {

/// Who is told how a stream's operations end. All calls come on the stream's io thread.
class StreamUser {
public:
    virtual ~StreamUser() = default;
    virtual void on_handshake(bool is_done) = 0;
    virtual void on_read(std::size_t bytes) = 0;  ///< 0: the other side ended, or it failed.
    virtual void on_written(bool is_done) = 0;
    virtual void on_finished() = 0;
    virtual void on_discarded(std::size_t bytes) = 0;  ///< 0: ended or failed.
    /// One of the calls above threw.
    virtual void on_exception(const std::exception& exception) noexcept = 0;
};

/// A TCP connection, with or without TLS. Each operation ends in one call to its user, who is kept
/// alive until then; at most one read and one write run at a time. Memory handed in must stay.
/// Threads: its io thread only.
class Stream {
public:
    virtual ~Stream() = default;
    virtual bool is_tls() const = 0;
    virtual void handshake(std::shared_ptr<StreamUser> user) = 0;
    virtual void read(std::span<char> into, std::shared_ptr<StreamUser> user) = 0;
    virtual void write(std::string_view bytes, std::shared_ptr<StreamUser> user) = 0;
    /// Tells the other side that nothing more will come. May call its user before returning.
    virtual void finish(std::shared_ptr<StreamUser> user) = 0;
    /// After finish(): reads what the other side still sends, below TLS.
    virtual void discard(std::span<char> into, std::shared_ptr<StreamUser> user) = 0;
    /// Operations that run end as failed.
    virtual void close() = 0;
};

}  // namespace accessd::http
