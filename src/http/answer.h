#pragma once

#include "base/clock.h"
#include "http/response.h"

#include <string>
#include <string_view>

namespace accessd::http {

/// What an answer needs besides the Response itself.
struct AnswerFrame {
    std::string_view request_id;
    bool is_head = false;      ///< Same headers, no body.
    bool is_http_1_0 = false;  ///< Keeping the connection must then be said.
    bool keeps_alive = true;
    TimePoint now;
    bool varies_by_origin = false;    ///< Another page may get another answer.
    std::string_view allowed_origin;  ///< Whose page may read the answer; empty: none but our own.
};

/// The answer's bytes as they go over the wire, in one piece. Header values can't break out of
/// their line: control characters are left out. Framing headers are the server's alone; those of
/// the Response are ignored.
/// Threads: safe to call concurrently.
std::string to_wire(const Response& response, const AnswerFrame& frame);

/// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string to_http_date(TimePoint time);

}  // namespace accessd::http
