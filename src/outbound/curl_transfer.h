#pragma once

#include "outbound/connection_watch.h"
#include "outbound/http_client.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct curl_slist;

namespace accessd::trace {
class Span;
}  // namespace accessd::trace

namespace accessd::outbound {

/// One request on its way through an easy handle of libcurl (a CURL*). Stays where it is while the handle
/// runs, and must be finished before either goes.
class CurlTransfer {
public:
    /// `request` is copied: no caller has to keep it.
    CurlTransfer(const Guard& guard, const HttpClientSettings& settings, HttpRequest request);
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    /// Makes a handle that is new or was used before ready to perform it; or says why it can't be sent.
    std::optional<HttpFailure> prepare(void* easy);

    /// What became of it: `code` is the CURLcode. The handle forgets everything but its connections.
    HttpResult finish(void* easy, int code);

private:
    std::optional<HttpFailure> add_headers();
    void set_limits(void* easy);
    void set_trust(void* easy);
    void set_content(void* easy);
    bool take_header(std::string_view line);
    bool take_body(std::string_view bytes);
    HttpFailure explain(int code) const;
    static std::size_t header_came(char* bytes, std::size_t, std::size_t count, void* context);
    static std::size_t body_came(char* bytes, std::size_t, std::size_t count, void* context);

    struct FreeList {
        void operator()(curl_slist* list) const;
    };

    const HttpClientSettings& settings_;
    const HttpRequest request_;
    ConnectionWatch watch_;
    std::unique_ptr<curl_slist, FreeList> headers_;
    std::unique_ptr<trace::Span> span_;  ///< Of the exchange, from here to finish().
    HttpAnswer answer_;
    std::size_t header_bytes_ = 0;
    bool is_too_large_ = false;
    std::chrono::steady_clock::time_point began_;
};

/// libcurl's own start, once in the process. Threads: safe to call concurrently.
void start_curl();

}  // namespace accessd::outbound
