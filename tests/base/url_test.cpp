#include "base/url.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd {
namespace {

TEST(WebUrlTest, TakesHttpsAndHttpToThisMachine)
{
    for (const auto* text :
         {"https://example.com", "https://example.com/",
          "https://www.example.com:8443/a/b?c=d&e=%20", "https://xn--bcher-kva.example/",
          "https://[2001:db8::1]/", "http://localhost:3000/cb", "http://127.0.0.1/",
          "http://[::1]:8080/", "http://app.localhost/", "HTTPS://Example.com/"}) {
        EXPECT_TRUE(is_web_url(text)) << text;
    }
}

TEST(WebUrlTest, RefusesWhatABrowserShouldNotBeSentTo)
{
    for (const auto* text : {"",
                             "example.com",
                             "/relative",
                             "//example.com/",
                             "http://example.com/",
                             "javascript:alert(1)",
                             "data:text/html,x",
                             "file:///etc/passwd",
                             "ftp://example.com/",
                             "https://",
                             "https:///",
                             "https:",
                             "https:example.com",
                             "https:/example.com/",
                             "https:///example.com/",
                             "https://user@example.com/",
                             "https://user:pass@example.com/",
                             "https://example.com/#part",
                             "https://example.com/#",
                             "https://exa mple.com/",
                             "https://example.com/a b",
                             "https://example.com\\@evil.example/",
                             "https://example.com/\r\nX: y",
                             " https://example.com/",
                             "https://example.com/ ",
                             "https://b\u00fccher.example/",
                             "https://example.com/\u00e9",
                             "https://example.com:99999/",
                             "https://example.com:x/",
                             "http://127.0.0.1.example.com/",
                             "http://localhost.example.com/",
                             "http://127.evil/",
                             "https://example.com/<script>",
                             "https://example.com/\"x"}) {
        EXPECT_FALSE(is_web_url(text)) << text;
    }
    EXPECT_FALSE(is_web_url(std::string_view{"https://example.com/\0x", 22}));
}

TEST(WebUrlTest, HasALengthItTakes)
{
    const std::string start = "https://example.com/";

    EXPECT_TRUE(is_web_url(start + std::string(2000 - start.size(), 'a')));
    EXPECT_FALSE(is_web_url(start + std::string(2001 - start.size(), 'a')));
}

TEST(WebOriginTest, IsWrittenAsBrowsersWriteIt)
{
    for (const auto* text : {"https://example.com", "https://example.com:8443",
                             "http://localhost:3000", "http://127.0.0.1"}) {
        EXPECT_TRUE(is_web_origin(text)) << text;
    }
    for (const auto* text :
         {"", "*", "null", "https://example.com/", "https://example.com/path",
          "https://Example.com", "HTTPS://example.com", "https://example.com:443",
          "https://example.com?x", "http://example.com", "https://user@example.com",
          "https://*.example.com", "example.com"}) {
        EXPECT_FALSE(is_web_origin(text)) << text;
    }
}

TEST(LoopbackHostTest, IsThisMachineAlone)
{
    for (const auto* host :
         {"localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"}) {
        EXPECT_TRUE(is_loopback_host(host)) << host;
    }
    for (const auto* host : {"", "example.com", "localhost.example.com", "notlocalhost",
                             "128.0.0.1", "127.example.com", "10.0.0.1", "::2", "0.0.0.0"}) {
        EXPECT_FALSE(is_loopback_host(host)) << host;
    }
}

}  // namespace
}  // namespace accessd
