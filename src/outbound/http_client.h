#pragma once

#include "outbound/guard.h"

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::outbound {

struct HttpHeader {
    std::string name;
    std::string value;
};

/// What to do with an answer whose body is longer than asked for.
enum class LongAnswer {
    Refuse,  ///< TooLarge.
    Cut,     ///< Take what fits, read no further.
};

struct HttpRequest {
    std::string method = "POST";
    std::string url;  ///< Absolute, http or https; see parse_target_url().
    std::vector<HttpHeader> headers;
    std::string body;
    std::chrono::milliseconds connect_timeout{3000};  ///< Names and TLS included.
    std::chrono::milliseconds timeout{10'000};        ///< Of the whole exchange.
    std::size_t answer_max = 64 * 1024;               ///< Bytes of the answer's body.
    LongAnswer long_answer = LongAnswer::Refuse;
    /// Without it, http:// goes only to inner addresses that the operator opened.
    bool may_be_plain_http = false;
};

struct HttpAnswer {
    int status = 0;  ///< 3xx too: redirects are answers, and never followed.
    std::vector<HttpHeader> headers;
    std::string body;
    bool is_cut = false;  ///< There was more of the body.
    std::string address;  ///< That was connected to.
    std::chrono::milliseconds took{};

    /// The first of this name, in whatever case.
    std::optional<std::string> header(std::string_view name) const;
};

enum class HttpFailureKind {
    BadUrl,        ///< No URL of ours, or a header that can't be sent.
    NotAllowed,    ///< It leads to an address that the guard forbids.
    NotResolved,   ///< Nobody knows the name.
    NotConnected,  ///< Nobody listens there.
    TlsRefused,    ///< No TLS, or a certificate that isn't trusted.
    TimedOut,
    TooLarge,
    Broken,  ///< The connection ended early, or what came is no HTTP.
};

struct HttpFailure {
    HttpFailureKind kind = HttpFailureKind::Broken;
    std::string reason;  ///< In plain words; holds no URL, address or header.
};

using HttpResult = tl::expected<HttpAnswer, HttpFailure>;

/// The one way of HTTP out of this machine. Threads: safe to call concurrently; calls block.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    virtual HttpResult send(const HttpRequest& request) = 0;
};

struct HttpClientSettings {
    /// Certificates (PEM) of authorities to trust beside the system's. Empty: those alone.
    std::string ca_file;
};

/// libcurl. Every address is judged by the guard when it is connected to; redirects are not followed; proxies,
/// credentials and certificates of the environment are not used; connections are kept for a minute.
class CurlClient final : public HttpClient {
public:
    explicit CurlClient(const Guard& guard, HttpClientSettings settings = {});
    ~CurlClient() override;
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    HttpResult send(const HttpRequest& request) override;

private:
    class Handles;

    const Guard& guard_;
    const HttpClientSettings settings_;
    std::unique_ptr<Handles> handles_;
};

std::unique_ptr<HttpClient> make_http_client(const Guard& guard, HttpClientSettings settings = {});

}  // namespace accessd::outbound
