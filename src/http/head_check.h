#pragma once

#include "base/result.h"

#include <cstddef>
#include <string_view>

namespace accessd::http {

/// Looks for the end of a request's head in bytes that arrive bit by bit, each byte once, and
/// refuses early what can't become one, so that nobody waits for a time-out.
class HeadScanner {
public:
    /// Length of the head with its empty line, or 0 while there is more to come. `bytes` starts
    /// with the head and is what the previous call saw plus what came since.
    /// Errors: MalformedHttp, UriTooLong, HeadersTooLarge.
    Result<std::size_t> scan(std::string_view bytes, std::size_t head_max, std::size_t target_max);

private:
    std::size_t seen_ = 0;        ///< Bytes already looked at.
    std::size_t line_start_ = 0;  ///< Where the line that is being read starts.
};

/// Refuses every head that two programs could read differently (request smuggling), whatever the
/// parser behind it would accept: folded lines, spaces before a colon, doubtful lengths, repeated
/// Host and the like. `head` ends with its empty line.
/// Errors: MalformedHttp with the reason as detail.
/// Source: RFC 9112 sections 2.2, 3, 5 and 6.
Result<void> check_head(std::string_view head);

}  // namespace accessd::http
