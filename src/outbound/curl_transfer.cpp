#include "outbound/curl_transfer.h"

#include "base/trace.h"
#include "outbound/target_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace accessd::outbound {
namespace {

constexpr std::size_t kHeaderBytesMax = 16 * 1024;  // Of an answer: what our own listener takes.
constexpr long kIdleSecondsMax = 60;  // Servers close connections that are silent for longer.
constexpr long kConnectionsKept = 8;  // By one handle.
constexpr auto kSystemAuthorities = "/etc/ssl/certs";

/// RFC 9110, 5.6.2: what names of methods and headers are made of.
bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_letter || (c >= '0' && c <= '9') ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

/// RFC 9110, 5.5: no line break, no other control but a tab.
bool is_header_value(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

bool is_same_name(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Never 0, which libcurl reads as for ever.
long to_millis(std::chrono::milliseconds duration)
{
    return std::max(1L, static_cast<long>(duration.count()));
}

HttpFailure failed(HttpFailureKind kind, std::string reason) { return {kind, std::move(reason)}; }

}  // namespace

std::optional<std::string> HttpAnswer::header(std::string_view name) const
{
    for (const auto& header : headers) {
        if (is_same_name(header.name, name)) return header.value;
    }
    return std::nullopt;
}

void start_curl()
{
    static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(ready);
}

void CurlTransfer::FreeList::operator()(curl_slist* list) const { curl_slist_free_all(list); }

CurlTransfer::CurlTransfer(const Guard& guard, const HttpClientSettings& settings,
                           HttpRequest request)
    : settings_(settings), request_(std::move(request))
{
    watch_.guard = &guard;
}

CurlTransfer::~CurlTransfer() = default;

std::optional<HttpFailure> CurlTransfer::add_headers()
{
    // Empty: libcurl adds none of its own. A body waits for no "100 Continue", which few servers send.
    std::vector<std::string> lines{"Expect:", "Accept: */*"};
    bool has_type = false;
    for (const auto& header : request_.headers) {
        if (!is_token(header.name) || !is_header_value(header.value)) {
            return failed(HttpFailureKind::BadUrl, "a header holds what HTTP can't carry");
        }
        has_type = has_type || is_same_name(header.name, "content-type");
        lines.push_back(header.value.empty() ? header.name + ';'
                                             : header.name + ": " + header.value);
    }
    if (!has_type) lines.emplace_back("Content-Type:");
    if (const auto context = span_->context()) {
        lines.push_back("traceparent: " + trace::to_traceparent(*context));
    }
    for (const auto& line : lines) {
        auto* longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) return failed(HttpFailureKind::Broken, "out of memory");
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }
    return std::nullopt;
}

void CurlTransfer::set_limits(void* easy)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");  // Nor what the environment names.
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Or a name server that hangs would hold us longer than the time-out.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, to_millis(request_.connect_timeout));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, to_millis(request_.timeout));
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kIdleSecondsMax);
    curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, kConnectionsKept);
}

void CurlTransfer::set_trust(void* easy)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (settings_.ca_file.empty()) return;
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, kSystemAuthorities);
}

void CurlTransfer::set_content(void* easy)
{
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request_.method != "GET" || !request_.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "accessd");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_came);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_came);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

std::optional<HttpFailure> CurlTransfer::prepare(void* easy)
{
    const auto target = parse_target_url(request_.url);
    if (!target || !is_token(request_.method)) {
        return failed(HttpFailureKind::BadUrl, "this is no URL that requests can go to");
    }
    // The method alone: addresses and their paths are customers', and may hold contacts or tokens.
    span_ = std::make_unique<trace::Span>(request_.method, trace::Kind::Client);
    span_->set("http.request.method", request_.method);
    if (auto failure = add_headers()) return failure;
    watch_.is_only_for_opened = !target->is_https && !request_.may_be_plain_http;

    curl_easy_reset(easy);  // Its connections stay.
    set_limits(easy);
    set_trust(easy);
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    if (!target->is_https && request_.may_be_plain_http) {
        // A kept connection is judged no second time, and others may be held to a stricter rule.
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    set_content(easy);
    watch_connections(easy, &watch_);
    began_ = std::chrono::steady_clock::now();
    return std::nullopt;
}

bool CurlTransfer::take_header(std::string_view line)
{
    header_bytes_ += line.size();
    if (header_bytes_ > kHeaderBytesMax) {
        is_too_large_ = true;
        return false;
    }
    if (line.starts_with("HTTP/")) {  // Of a further answer: what came before was a "100 Continue".
        answer_.headers.clear();
        return true;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    answer_.headers.push_back({std::string{trimmed(line.substr(0, colon))},
                               std::string{trimmed(line.substr(colon + 1))}});
    return true;
}

bool CurlTransfer::take_body(std::string_view bytes)
{
    const auto room = request_.answer_max - answer_.body.size();
    answer_.body.append(bytes.substr(0, room));
    if (bytes.size() <= room) return true;
    answer_.is_cut = true;
    is_too_large_ = request_.long_answer == LongAnswer::Refuse;
    return false;
}

std::size_t CurlTransfer::header_came(char* bytes, std::size_t, std::size_t count, void* context)
{
    return static_cast<CurlTransfer*>(context)->take_header({bytes, count}) ? count : 0;
}

std::size_t CurlTransfer::body_came(char* bytes, std::size_t, std::size_t count, void* context)
{
    return static_cast<CurlTransfer*>(context)->take_body({bytes, count}) ? count : 0;
}

HttpFailure CurlTransfer::explain(int code) const
{
    if (is_too_large_) {
        return failed(HttpFailureKind::TooLarge, "the answer is longer than it may be");
    }
    switch (code) {
    case CURLE_URL_MALFORMAT:
        return failed(HttpFailureKind::BadUrl, "this is no URL that requests can go to");
    case CURLE_COULDNT_RESOLVE_HOST:
        return failed(HttpFailureKind::NotResolved, "the host's name can't be resolved");
    case CURLE_COULDNT_CONNECT:
        if (!watch_.refused) return failed(HttpFailureKind::NotConnected, "nobody listens there");
        if (watch_.is_only_for_opened) {
            return failed(HttpFailureKind::NotAllowed,
                          "http without TLS goes only where the operator allows it");
        }
        return failed(HttpFailureKind::NotAllowed,
                      "the host's address isn't public, so the server doesn't connect to it");
    case CURLE_OPERATION_TIMEDOUT:
        return failed(HttpFailureKind::TimedOut, "no complete answer came in time");
    case CURLE_PEER_FAILED_VERIFICATION:
        return failed(HttpFailureKind::TlsRefused, "the host's certificate isn't trusted");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
        return failed(HttpFailureKind::TlsRefused, "can't agree on TLS with the host");
    case CURLE_SSL_CACERT_BADFILE:
        return failed(HttpFailureKind::TlsRefused, "outbound.ca_file can't be read");
    default: return failed(HttpFailureKind::Broken, "the connection broke, or no HTTP came");
    }
}

HttpResult CurlTransfer::finish(void* easy, int code)
{
    answer_.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began_);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    const char* address = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
    if (address != nullptr) answer_.address = address;
    watch_connections(easy, nullptr);
    curl_easy_reset(easy);  // It must not reach what goes with this transfer.

    if (status != 0) span_->set("http.response.status_code", std::int64_t{status});
    if (code != CURLE_OK || status >= 400) span_->failed();
    span_->end();

    const bool is_wanted_cut = answer_.is_cut && !is_too_large_;
    if (code != CURLE_OK && !is_wanted_cut) return tl::make_unexpected(explain(code));
    return std::move(answer_);
}

}  // namespace accessd::outbound
