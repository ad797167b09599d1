#pragma once

#include "base/result.h"
#include "http/head_check.h"
#include "http/request.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace accessd::http {

/// A part of the memory that all bodies together may take. Given back on destruction.
/// Threads: one owner at a time; the total is shared by all threads.
class BodyShare {
public:
    BodyShare(std::atomic<std::size_t>& total, std::size_t total_max)
        : total_(total), total_max_(total_max)
    {
    }
    BodyShare(const BodyShare&) = delete;
    BodyShare& operator=(const BodyShare&) = delete;
    ~BodyShare() { release(); }

    /// False, and nothing taken, when the total would exceed its bound.
    bool take(std::size_t bytes);
    void release();

private:
    std::atomic<std::size_t>& total_;
    std::size_t total_max_;
    std::size_t taken_ = 0;
};

struct ParserLimits {
    std::size_t head_bytes_max;
    std::size_t target_bytes_max;
};

/// Reads one HTTP/1 request from bytes as they arrive: head, then body. Whatever follows is left to
/// the next request. Boost.Beast does the parsing, behind the stricter check_head().
class RequestParser {
public:
    RequestParser(const ParserLimits& limits, BodyShare& share);
    ~RequestParser();

    /// Forgets the request before the next one.
    void reset();

    /// Tries to read the head; `bytes` starts at the request and holds all of it so far.
    /// Fills method, path (raw, without the query), query and headers of `request`.
    /// Returns the bytes used, 0 while the head isn't complete.
    /// Errors: MalformedHttp, UriTooLong, HeadersTooLarge.
    Result<std::size_t> read_head(std::string_view bytes, Request& request);

    /// Reads more of the body, after the head. Returns the bytes used, possibly 0.
    /// Errors: BodyTooLarge, Busy (all bodies together take too much), StoreUnavailable (the disk doesn't
    /// take it), MalformedHttp.
    Result<std::size_t> read_body(std::string_view bytes, Request& request);

    void set_body_max(std::size_t bytes);
    /// The body goes to a file in this folder, see RouteOptions::body_folder; empty: to memory.
    void set_body_folder(const std::string& folder);
    bool is_complete() const;
    /// The body's declared size is beyond the limit.
    bool is_declared_too_large() const;
    /// What the client wants; known after the head.
    bool keeps_alive() const;
    bool is_http_1_0() const;
    /// The client waits for "100 Continue" before it sends the body.
    bool expects_continue() const;

private:
    struct Parser;

    ParserLimits limits_;
    BodyShare& share_;
    HeadScanner scanner_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace accessd::http
