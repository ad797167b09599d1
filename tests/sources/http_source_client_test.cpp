#include "sources/http_source_client.h"
#include "support/fakes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace accessd::test {
namespace {

using sources::Failure;
using users::Contact;
using users::ContactKind;

/// Answers what it is told to, and remembers what it was asked.
class ScriptedHttp final : public outbound::HttpClient {
public:
    outbound::HttpResult send(const outbound::HttpRequest& request) override
    {
        asked = request;
        return answer;
    }
    outbound::HttpRequest asked;
    outbound::HttpAnswer answer;
};

class HttpSourceClientTest : public testing::Test {
protected:
    HttpSourceClientTest()
    {
        settings_.http.url = "https://shop.example/people/{email}?p={phone}";
        http_.answer.status = 200;
    }
    tl::expected<sources::Answer, Failure> ask(const std::string& body, int status = 200)
    {
        http_.answer.body = body;
        http_.answer.status = status;
        sources::HttpSourceClient client{settings_, http_, clock_};
        return client.ask(ana_, std::chrono::steady_clock::now() + std::chrono::seconds{1});
    }

    sources::SourceSettings settings_;
    ScriptedHttp http_;
    FakeClock clock_;
    Contact ana_{ContactKind::Email, "ana+1@example.com"};
};

TEST_F(HttpSourceClientTest, PutsAContactInAsOnePiece)
{
    const std::string_view url = "https://x.example/{email}?a={email}&b={user_id}";
    EXPECT_EQ(sources::fill_url(url, {ContactKind::Email, "a/b?c&d=e#f@x y%{user_id}"}),
              "https://x.example/a%2Fb%3Fc%26d%3De%23f%40x%20y%25%7Buser_id%7D"
              "?a=a%2Fb%3Fc%26d%3De%23f%40x%20y%25%7Buser_id%7D&b=");
    EXPECT_EQ(sources::fill_url("https://x.example/{user_id}", {ContactKind::UserId, ".."}),
              "https://x.example/%2E%2E");
}

TEST_F(HttpSourceClientTest, RefusesUrlsWhoseHostACallerCouldChange)
{
    for (const char* url : {"https://{email}/x", "https://x.{user_id}.example/", "https://{email}",
                            "https://x.example/{mail}", "https://x.example/{", "ftp://x.example/",
                            "https://a:b@x.example/{email}", "https://x.example/{email}#f"}) {
        EXPECT_NE(sources::refuse_url(url), "") << url;
    }
    EXPECT_EQ(sources::refuse_url("https://x.example?e={email}"), "");
}

TEST_F(HttpSourceClientTest, ReadsARecordAndWhatIsMappedInIt)
{
    settings_.http.record_pointer = "/data";
    settings_.mapping.fields = {{"email", "/contact/email"}};

    const auto answer =
        ask(R"({"data": {"user_id": 42, "contact": {"email": "ana@example.com"}}})");

    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->records.size(), 1U);
    EXPECT_EQ(answer->records[0].back().name, "/contact/email");
    EXPECT_EQ(answer->records[0].back().text, "ana@example.com");
    EXPECT_EQ(http_.asked.url, "https://shop.example/people/ana%2B1%40example.com?p=");
    EXPECT_FALSE(http_.asked.may_be_plain_http);
}

TEST_F(HttpSourceClientTest, TakesNobodyForNobody)
{
    for (const char* body : {"null", "[]", "{}"}) {
        const auto answer = ask(body);
        ASSERT_TRUE(answer) << body;
        EXPECT_TRUE(answer->records.empty()) << body;
    }
    EXPECT_TRUE(ask("whatever", 404)->records.empty());
    EXPECT_TRUE(ask("", 204)->records.empty());
}

TEST_F(HttpSourceClientTest, SaysWhatIsWrongWithAnAnswer)
{
    for (const char* body :
         {"", "nonsense", "1", "\"x\"", "[1]", "{\"a\":1,\"a\":2}", "{\"a\":\"\xFF\"}"}) {
        const auto answer = ask(body);
        ASSERT_FALSE(answer) << body;
        EXPECT_EQ(answer.error().kind, Failure::Kind::Wrong) << body;
    }
    EXPECT_EQ(ask("{}", 302).error().kind, Failure::Kind::Wrong);
    EXPECT_EQ(ask("{}", 401).error().kind, Failure::Kind::Wrong);
    EXPECT_EQ(ask("{}", 503).error().kind, Failure::Kind::Down);
    EXPECT_EQ(ask(R"([{"user_id": 1}, {"user_id": 2}, {"user_id": 3}])")->records.size(), 2U);
}

TEST_F(HttpSourceClientTest, PostsAndSigns)
{
    settings_.http.is_post = true;
    settings_.http.signing_secret = Secret{"key"};
    settings_.http.headers = {{"X-Key", Secret{"word"}}};

    ASSERT_TRUE(ask("{}"));

    EXPECT_EQ(http_.asked.body, R"({"email":"ana+1@example.com","phone":null,"user_id":null})");
    const auto seconds = unix_seconds(clock_.now());
    const auto expected = sources::sign_request(
        "key", seconds, "POST", "/people/ana%2B1%40example.com?p=", http_.asked.body);
    std::string signature;
    for (const auto& header : http_.asked.headers) {
        if (header.name == "X-Accessd-Signature") signature = header.value;
    }
    EXPECT_EQ(signature, expected);
    EXPECT_NE(signature,
              sources::sign_request("other", seconds, "POST",
                                    "/people/ana%2B1%40example.com?p=", http_.asked.body));
}

}  // namespace
}  // namespace accessd::test
