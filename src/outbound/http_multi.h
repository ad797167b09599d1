#pragma once

#include "outbound/http_client.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace accessd::outbound {

/// Many requests at a time on one thread, by the rules of CurlClient: what waits for a slow host holds nothing
/// up. Threads: one, but for wake().
class HttpMulti {
public:
    using Done = std::function<void(HttpResult)>;

    explicit HttpMulti(const Guard& guard, HttpClientSettings settings = {});
    ~HttpMulti();  ///< Drops what still runs, without a word.
    HttpMulti(const HttpMulti&) = delete;
    HttpMulti& operator=(const HttpMulti&) = delete;

    /// `done` is called once, from within run() or, for a request that can't be sent, at once.
    void start(HttpRequest request, Done done);
    /// Moves what runs on, for as long as `wait` if nothing happens before.
    void run(std::chrono::milliseconds wait);
    /// Ends the wait of a run(). Threads: any.
    void wake();
    std::size_t running() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace accessd::outbound
