#include "http/request_parser.h"

#include "base/error.h"
#include "http/body_file.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

namespace accessd::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::error_code;

constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string_view to_std(beast::string_view text) { return {text.data(), text.size()}; }

/// Beast's parser, writing straight into a Request.
class BeastParser final : public beast::http::basic_parser<true> {
public:
    explicit BeastParser(BodyShare& share) : share_(share)
    {
        eager(true);
        // Both are bounded by our own counts: the head before it gets here, the body as it grows.
        // The body's is a number because Beast 1.74 takes every length for larger than none.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(std::numeric_limits<std::uint64_t>::max());
    }

    Request* request = nullptr;
    std::size_t body_max = 0;
    std::size_t body_bytes = 0;  ///< That came so far.
    std::string body_folder;
    bool is_http_1_0 = false;
    bool is_head_complete = false;
    bool expects_continue = false;
    std::optional<ErrorCode> refusal;  ///< Why a callback stopped the parsing.

private:
    void on_request_impl(beast::http::verb /*verb*/, beast::string_view method,
                         beast::string_view target, int version, BeastError& error) override
    {
        error = {};
        is_http_1_0 = version == 10;
        request->method = to_std(method);
        const auto text = to_std(target);
        const auto question = text.find('?');
        request->path = text.substr(0, question);
        request->query =
            question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
    }

    void on_response_impl(int, beast::string_view, int, BeastError& error) override { error = {}; }

    void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                       BeastError& error) override
    {
        error = {};
        if (is_head_complete) return;  // a trailer: nothing here asks for any
        request->headers.push_back({std::string{to_std(name)}, std::string{to_std(value)}});
        if (field == beast::http::field::expect && beast::iequals(value, "100-continue")) {
            expects_continue = true;
        }
    }

    void on_header_impl(BeastError& error) override
    {
        error = {};
        is_head_complete = true;
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError& error) override
    {
        error = {};
    }

    std::size_t on_body_impl(beast::string_view text, BeastError& error) override
    {
        if (text.size() > body_max - body_bytes) {
            refuse(ErrorCode::BodyTooLarge, error);
        } else if (!body_folder.empty()) {
            append_to_file(text, error);
        } else if (!share_.take(text.size())) {
            refuse(ErrorCode::Busy, error);
        } else {
            error = {};
            request->body.append(text.data(), text.size());
            body_bytes += text.size();
        }
        return text.size();
    }

    void append_to_file(beast::string_view text, BeastError& error)
    {
        error = {};
        if (!request->body_file) request->body_file = std::make_shared<BodyFile>(body_folder);
        body_bytes += text.size();
        if (!request->body_file->is_good() || !request->body_file->append(to_std(text))) {
            refuse(ErrorCode::StoreUnavailable, error);  // The disk is full, or worse.
        }
    }

    void on_chunk_header_impl(std::uint64_t size, beast::string_view extension,
                              BeastError& error) override
    {
        error = {};
        if (size > body_max - body_bytes) refuse(ErrorCode::BodyTooLarge, error);
        if (!extension.empty() && extension.front() != ';') refuse(ErrorCode::MalformedHttp, error);
    }

    std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, beast::string_view text,
                                   BeastError& error) override
    {
        return on_body_impl(text, error);
    }

    void on_finish_impl(BeastError& error) override { error = {}; }

    void refuse(ErrorCode code, BeastError& error)
    {
        refusal = code;
        error = beast::http::error::body_limit;
    }

    BodyShare& share_;
};

}  // namespace

bool BodyShare::take(std::size_t bytes)
{
    if (total_.fetch_add(bytes, std::memory_order_relaxed) + bytes > total_max_) {
        total_.fetch_sub(bytes, std::memory_order_relaxed);
        return false;
    }
    taken_ += bytes;
    return true;
}

void BodyShare::release()
{
    if (taken_ > 0) total_.fetch_sub(taken_, std::memory_order_relaxed);
    taken_ = 0;
}

struct RequestParser::Parser {
    explicit Parser(BodyShare& body_share) : share(body_share) { beast.emplace(share); }

    BodyShare& share;
    std::optional<BeastParser> beast;
};

RequestParser::RequestParser(const ParserLimits& limits, BodyShare& share)
    : limits_(limits), share_(share), parser_(std::make_unique<Parser>(share))
{
}

RequestParser::~RequestParser() = default;

void RequestParser::reset()
{
    scanner_ = {};
    parser_->beast.emplace(share_);
}

Result<std::size_t> RequestParser::read_head(std::string_view bytes, Request& request)
{
    ACCESSD_TRY(const auto length,
                scanner_.scan(bytes, limits_.head_bytes_max, limits_.target_bytes_max));
    if (length == 0) return std::size_t{0};
    const auto head = bytes.substr(0, length);
    ACCESSD_CHECK(check_head(head));

    auto& beast_parser = *parser_->beast;
    beast_parser.request = &request;
    BeastError error;
    const auto used = beast_parser.put(boost::asio::buffer(head.data(), head.size()), error);
    // A request with a body wants more right away; the head must be used up all the same.
    if (error && error != beast::http::error::need_more) {
        return Error{ErrorCode::MalformedHttp, error.message()};
    }
    if (!beast_parser.is_header_done() || used != length) {
        return Error{ErrorCode::MalformedHttp, "head read in two ways"};
    }
    return length;
}

Result<std::size_t> RequestParser::read_body(std::string_view bytes, Request& request)
{
    auto& beast_parser = *parser_->beast;
    beast_parser.request = &request;
    if (beast_parser.is_done() || bytes.empty()) return std::size_t{0};
    // Beast 1.74 asserts, and so would end the server, on less of a chunked body than what ends each.
    if (beast_parser.chunked() && bytes.size() < kLastChunk.size()) return std::size_t{0};
    BeastError error;
    const auto used = beast_parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (beast_parser.refusal) return Error{*beast_parser.refusal, "body"};
    if (error && error != beast::http::error::need_more) {
        return Error{ErrorCode::MalformedHttp, error.message()};
    }
    // A chunk's head, or the trailers, that don't fit into what a whole head may take.
    if (bytes.size() - used > limits_.head_bytes_max && !beast_parser.is_done()) {
        return Error{ErrorCode::MalformedHttp, "chunk head too long"};
    }
    return used;
}

void RequestParser::set_body_max(std::size_t bytes) { parser_->beast->body_max = bytes; }

void RequestParser::set_body_folder(const std::string& folder)
{
    parser_->beast->body_folder = folder;
}

bool RequestParser::is_complete() const { return parser_->beast->is_done(); }

bool RequestParser::is_declared_too_large() const
{
    const auto length = parser_->beast->content_length();
    return length && *length > parser_->beast->body_max;
}

bool RequestParser::keeps_alive() const { return parser_->beast->keep_alive(); }

bool RequestParser::is_http_1_0() const { return parser_->beast->is_http_1_0; }

bool RequestParser::expects_continue() const
{
    return parser_->beast->expects_continue && !is_http_1_0();
}

}  // namespace accessd::http
