#include "server_fixture.h"

#include "http/head_check.h"

#include <string>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::string_literals;

struct Shape {
    const char* name;
    std::string bytes;
    int status = 400;
};

/// Requests that two programs could read differently, or that no one should send.
std::vector<Shape> bad_shapes()
{
    const auto chunked = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n"s;
    const auto posted = [](const std::string& headers) {
        return "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n" + headers +
               "\r\n";
    };
    const auto got = [](const std::string& headers) {
        return "GET /hello HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n";
    };
    const auto line = [](const std::string& text) { return text + "\r\nHost: t\r\n\r\n"; };
    return {
        {"both lengths", posted("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
        {"both lengths, other order",
         posted("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
        {"repeated length", posted("Content-Length: 5\r\nContent-Length: 5\r\n") + "abcde"},
        {"different lengths", posted("Content-Length: 5\r\nContent-Length: 6\r\n") + "abcde"},
        {"list of lengths", posted("Content-Length: 5, 5\r\n") + "abcde"},
        {"negative length", posted("Content-Length: -5\r\n")},
        {"signed length", posted("Content-Length: +5\r\n") + "abcde"},
        {"hexadecimal length", posted("Content-Length: 0x5\r\n") + "abcde"},
        {"empty length", posted("Content-Length:\r\n")},
        {"length beyond 64 bits", posted("Content-Length: 99999999999999999999\r\n")},
        {"gzip encoding", posted("Transfer-Encoding: gzip\r\n")},
        {"gzip, chunked", posted("Transfer-Encoding: gzip, chunked\r\n")},
        {"chunked, identity", posted("Transfer-Encoding: chunked, identity\r\n")},
        {"quoted encoding", posted("Transfer-Encoding: \"chunked\"\r\n")},
        {"vertical tab before chunked", posted("Transfer-Encoding: \x0b"
                                               "chunked\r\n")},
        {"repeated encoding",
         posted("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"empty encoding", posted("Transfer-Encoding:\r\n")},
        {"encoding in HTTP/1.0",
         "POST /echo HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"folded header", got("X-A: b\r\n c\r\n")},
        {"folded with a tab", got("X-A: b\r\n\tc\r\n")},
        {"first header folded", "GET /hello HTTP/1.1\r\n Host: t\r\n\r\n"},
        {"folded length", posted("Content-Length:\r\n 5\r\n") + "abcde"},
        {"bare line feeds", "GET /hello HTTP/1.1\nHost: t\n\n"},
        {"bare line feed after a header", "GET /hello HTTP/1.1\r\nHost: t\nX-A: b\r\n\r\n"},
        {"bare carriage return", got("X-A: b\rX-B: c\r\n")},
        {"bare carriage return in the line", "GET /hello HTTP/1.1\rHost: t\r\n\r\n"},
        {"space before colon", got("X-A : b\r\n")},
        {"space before the length's colon", posted("Content-Length : 5\r\n") + "abcde"},
        {"tab before colon", got("X-A\t: b\r\n")},
        {"no colon", got("X-A\r\n")},
        {"empty name", got(": b\r\n")},
        {"name with a space", got("X A: b\r\n")},
        {"name beyond ASCII", got("X-\xc3\xa4: b\r\n")},
        {"NUL in a value", got("X-A: b"s + '\0' + "c\r\n")},
        {"NUL in a name", got("X"s + '\0' + ": b\r\n")},
        {"NUL in the target", line("GET /a"s + '\0' + " HTTP/1.1")},
        {"escape in a value", got("X-A: \x1b[0m\r\n")},
        {"no Host", "GET /hello HTTP/1.1\r\n\r\n"},
        {"repeated Host", got("Host: t\r\n")},
        {"Host with a path", "GET /hello HTTP/1.1\r\nHost: t/x\r\n\r\n"},
        {"Host with a list", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        {"absolute form", line("GET http://t/hello HTTP/1.1")},
        {"authority form", line("CONNECT t:443 HTTP/1.1")},
        {"asterisk form", line("OPTIONS * HTTP/1.1")},
        {"space in the target", line("GET /a b HTTP/1.1")},
        {"two spaces before the target", line("GET  /hello HTTP/1.1")},
        {"two spaces before the version", line("GET /hello  HTTP/1.1")},
        {"tabs between the parts", line("GET\t/hello\tHTTP/1.1")},
        {"space after the version", line("GET /hello HTTP/1.1 ")},
        {"bytes beyond ASCII in the target", line("GET /\xc3\xa4 HTTP/1.1")},
        {"control byte in the target", line("GET /a\x7f HTTP/1.1")},
        {"fragment in the target", line("GET /hello#a HTTP/1.1")},
        {"no target", line("GET HTTP/1.1")},
        {"empty target", line("GET  HTTP/1.1")},
        {"no version", line("GET /hello")},
        {"HTTP/0.9", "GET /hello\r\n\r\n"},
        {"HTTP/1.2", line("GET /hello HTTP/1.2")},
        {"HTTP/2.0", line("GET /hello HTTP/2.0")},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"lower case version", line("GET /hello http/1.1")},
        {"version with leading zero", line("GET /hello HTTP/01.1")},
        {"space before the method", line(" GET /hello HTTP/1.1")},
        {"colon in the method", line("GE:T /hello HTTP/1.1")},
        {"TLS hello", "\x16\x03\x01\x02"s},
        {"garbage", "\xff\xfe\xfd"s},
        {"chunk size that is no number", chunked + "x\r\n"},
        {"negative chunk size", chunked + "-1\r\n"},
        {"chunk size with 0x", chunked + "0x3\r\nabc\r\n"},
        {"chunk size with a space", chunked + "3 \r\nabc\r\n"},
        {"chunk size beyond 64 bits", chunked + "10000000000000003\r\nabc\r\n"},
        {"bare line feed after a chunk size", chunked + "3\nabc\r\n0\r\n\r\n"},
        {"bare line feed after a chunk", chunked + "3\r\nabc\n0\r\n\r\n"},
        {"chunk longer than said", chunked + "3\r\nabcd\r\n0\r\n\r\n"},
        {"endless chunk extension", chunked + "3;" + std::string(40'000, 'a')},
        {"endless trailers", chunked + "0\r\nX: " + std::string(40'000, 'a')},
        {"bare line feed in the trailers", chunked + "0\r\nX: a\n\r\n\r\n"},
        {"trailer without a colon", chunked + "0\r\nX\r\n\r\n"},
        {"length in the trailers", chunked + "0\r\nContent-Length: 5\r\n\r\n"},
        {"long method", std::string(9000, 'A') + " / HTTP/1.1\r\n\r\n"},
        {"long target", line("GET /" + std::string(8200, 'a') + " HTTP/1.1"), 414},
        {"long header", got("X: " + std::string(16'400, 'a') + "\r\n"), 431},
        {"many headers",
         [&] {
             std::string headers;
             for (int i = 0; i < 2000; ++i) headers += "X-A: bcdef\r\n";
             return got(headers);
         }(),
         431},
    };
}

TEST_F(ServerTest, RefusesMalformedRequests)
{
    start();
    for (const auto& shape : bad_shapes()) {
        SCOPED_TRACE(shape.name);
        RawClient client{port};
        // Whatever hides behind must never be answered.
        client.send(shape.bytes + get("/hello"));
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, shape.status);
        EXPECT_EQ(answer->headers.at("connection"), "close");
        EXPECT_FALSE(answer->headers.at("x-request-id").empty());
        client.finish();
        EXPECT_TRUE(client.is_closed());
    }
}

TEST_F(ServerTest, RefusesMalformedRequestsByteByByte)
{
    start();
    for (const auto& shape : bad_shapes()) {
        if (shape.bytes.size() > 1000) continue;
        SCOPED_TRACE(shape.name);
        RawClient client{port};
        for (const char c : shape.bytes + get("/hello")) client.send({&c, 1});
        client.finish();
        const auto answer = client.read();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, shape.status);
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(CheckHead, AcceptsWhatClientsSend)
{
    for (const auto* head :
         {"GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
          "GET /%7Ea?b=c&d={} HTTP/1.1\r\nHost:[::1]:80\r\n\r\n",
          "POST /a HTTP/1.1\r\nHost:\r\nContent-Length:  5 \r\nX-Empty:\r\n\r\n",
          "POST /a HTTP/1.1\r\nhost: t\r\ntransfer-encoding: Chunked\r\nX: \xc3\xa4\tb\r\n\r\n"}) {
        const auto checked = http::check_head(head);
        EXPECT_TRUE(checked) << head << (checked ? "" : checked.error().detail);
    }
}

}  // namespace
}  // namespace accessd::test
