// HTTP from strangers. A request is fed whole, then in pieces as a network may cut it, then written down again from
// what was understood: all three must be one request. Two readings of one request are how requests are smuggled.

#include "fuzz.h"

#include "http/media_type.h"
#include "http/request_parser.h"

#include <algorithm>
#include <atomic>
#include <optional>

namespace accessd::fuzz {
namespace {

constexpr http::ParserLimits kLimits{.head_bytes_max = 2048, .target_bytes_max = 512};
constexpr std::size_t kBodyMax = 1024;
constexpr std::size_t kBodiesMax = 4096;

struct Reading {
    bool is_refused = false;
    bool is_complete = false;
    std::size_t used = 0;  ///< Bytes of head and body.
    std::size_t head = 0;
    bool keeps_alive = false;
    http::Request request;
};

/// Feeds bytes as http/connection.cpp does: what wasn't used comes again with what came since.
class Feeder {
public:
    ~Feeder() { check_memory(); }

    void feed(std::string_view bytes)
    {
        pending_ += bytes;
        if (reading_.is_refused || reading_.is_complete) return;
        if (reading_.head == 0 && !read_head()) return;
        while (!parser_.is_complete() && !pending_.empty()) {
            const auto used = parser_.read_body(pending_, reading_.request);
            if (!used) return refuse();
            if (*used == 0) break;
            take(*used);
        }
        require(reading_.request.body.size() <= kBodyMax, "a body is within its bound");
        reading_.is_complete = parser_.is_complete();
    }

    const Reading& reading() const { return reading_; }

private:
    bool read_head()
    {
        const auto used = parser_.read_head(pending_, reading_.request);
        if (!used) {
            refuse();
            return false;
        }
        if (*used == 0) {
            require(pending_.size() <= kLimits.head_bytes_max, "a head without end is refused");
            return false;
        }
        reading_.head = *used;
        reading_.keeps_alive = parser_.keeps_alive();
        take(*used);
        parser_.set_body_max(kBodyMax);
        if (parser_.is_declared_too_large()) refuse();
        return !reading_.is_refused;
    }
    void refuse() { reading_.is_refused = true; }
    void take(std::size_t bytes)
    {
        require(bytes <= pending_.size(), "no more bytes are used than there are");
        pending_.erase(0, bytes);
        reading_.used += bytes;
    }
    void check_memory() { require(total_ <= kBodiesMax, "all bodies are within their bound"); }

    std::atomic<std::size_t> total_{0};
    http::BodyShare share_{total_, kBodiesMax};
    http::RequestParser parser_{kLimits, share_};
    std::string pending_;
    Reading reading_;
};

Reading read_whole(std::string_view bytes)
{
    Feeder feeder;
    feeder.feed(bytes);
    return feeder.reading();
}

/// In pieces whose sizes follow from `seed`.
Reading read_in_pieces(std::string_view bytes, std::uint32_t seed)
{
    Feeder feeder;
    while (!bytes.empty()) {
        seed = seed * 1664525U + 1013904223U;
        const auto size =
            std::min<std::size_t>(bytes.size(), 1 + (seed >> 24U) % ((seed >> 16U) % 64 + 1));
        feeder.feed(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return feeder.reading();
}

bool is_same(const http::Request& a, const http::Request& b)
{
    return a.method == b.method && a.path == b.path && a.query == b.query && a.body == b.body &&
           std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end(),
                      [](const http::Header& x, const http::Header& y) {
                          return x.name == y.name && x.value == y.value;
                      });
}

std::size_t count(const http::Request& request, std::string_view name)
{
    return static_cast<std::size_t>(
        std::count_if(request.headers.begin(), request.headers.end(),
                      [&](const auto& header) { return http::equals_no_case(header.name, name); }));
}

void check_request(const Reading& reading, std::string_view bytes)
{
    const auto& request = reading.request;
    require(!request.method.empty() && request.path.starts_with('/'), "a method and a path");
    for (const auto* text : {&request.method, &request.path, &request.query}) {
        require(std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c < 0x7f; }),
                "a request line of visible ASCII");
    }
    const auto lines = static_cast<std::size_t>(
        std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(reading.head), '\n'));
    require(request.headers.size() + 2 == lines, "a header for each line of the head");
    for (const auto& header : request.headers) {
        require(!header.name.empty() && header.name.find_first_of(
                                            std::string_view{" \t:\r\n\0", 6}) == std::string::npos,
                "a header's name is a token");
        require(header.value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos,
                "a header's value is on one line");
    }
    require(count(request, "host") <= 1, "at most one host");
    require(count(request, "content-length") + count(request, "transfer-encoding") <= 1,
            "one way to say where the body ends");
    if (const auto length = request.header("Content-Length"); length && reading.is_complete) {
        require(std::stoull(std::string{*length}) == request.body.size(), "as long as it said");
    }
}

/// The request as it was understood, its body with a length.
std::string to_bytes(const http::Request& request, bool is_http_1_0)
{
    auto text = request.method + ' ' + request.path;
    if (!request.query.empty()) text += '?' + request.query;
    text += is_http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    for (const auto& header : request.headers) {
        if (http::equals_no_case(header.name, "transfer-encoding")) continue;
        text += header.name + ": " + header.value + "\r\n";
    }
    if (count(request, "transfer-encoding") > 0) {
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    return text + "\r\n" + request.body;
}

void check_rewritten(const Reading& reading, std::string_view bytes)
{
    const auto head = bytes.substr(0, reading.head);
    const bool is_http_1_0 = head.substr(0, head.find('\r')).ends_with("HTTP/1.0");
    const auto written = to_bytes(reading.request, is_http_1_0);
    if (written.size() - reading.request.body.size() > kLimits.head_bytes_max) return;
    const auto again = read_whole(written);
    require(!again.is_refused && again.is_complete, "a request as understood is a request");
    require(again.used == written.size(), "its end is where it was");
    require(again.request.method == reading.request.method &&
                again.request.path == reading.request.path &&
                again.request.query == reading.request.query &&
                again.request.body == reading.request.body,
            "and it is the same request");
}

}  // namespace

/// The first two bytes choose how the rest is cut.
void try_request(std::string_view input)
{
    if (input.size() < 2) return;
    const auto seed = static_cast<std::uint32_t>(static_cast<unsigned char>(input[0]) * 256U +
                                                 static_cast<unsigned char>(input[1]));
    const auto bytes = input.substr(2);
    const auto whole = read_whole(bytes);
    const auto pieces = read_in_pieces(bytes, seed);

    if (whole.is_refused || pieces.is_refused) {
        // When a fault is seen depends on what has come: Beast wants five bytes of a chunked body at a time, and trailers
        // are too long from a piece's length on before they are so as a whole.
        const bool is_long = bytes.size() > kLimits.head_bytes_max;
        require(is_long || (!whole.is_complete && !pieces.is_complete),
                "a cut decides about no request");
        return;
    }
    require(whole.head == pieces.head && whole.is_complete == pieces.is_complete,
            "a cut moves no border");
    if (whole.head == 0) return;
    require(whole.keeps_alive == pieces.keeps_alive, "a cut changes no connection");
    check_request(whole, bytes);
    if (!whole.is_complete) return;
    require(whole.used == pieces.used, "a cut moves no border");
    require(is_same(whole.request, pieces.request), "a cut changes no request");
    check_rewritten(whole, bytes);
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_request(accessd::fuzz::to_view(data, size));
    return 0;
}
