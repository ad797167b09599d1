#include "http/response.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

namespace accessd::http {
namespace {

using nlohmann::json;

constexpr std::string_view kId = "req_1";
constexpr std::string_view kProblem = "application/problem+json";

std::optional<std::string> header(const Response& response, std::string_view name)
{
    std::optional<std::string> value;
    for (const auto& each : response.headers) {
        if (each.name != name) continue;
        EXPECT_FALSE(value) << name << " is there twice";
        value = each.value;
    }
    return value;
}

std::vector<ErrorCode> all_codes()
{
    std::vector<ErrorCode> codes;
    for (int i = 0; i <= static_cast<int>(kLastErrorCode); ++i) {
        codes.push_back(static_cast<ErrorCode>(i));
    }
    return codes;
}

TEST(PublicErrorTest, GivesEachCodeANameAStatusAndASentence)
{
    std::set<std::string_view> names;
    for (const auto code : all_codes()) {
        const auto shown = to_public(code);
        SCOPED_TRACE(shown.name);
        // "InvalidOtp" and INVALID_OTP are one name.
        std::string plain{shown.name};
        std::erase(plain, '_');
        EXPECT_TRUE(std::equal(plain.begin(), plain.end(), to_text(code).begin(),
                               to_text(code).end(),
                               [](char a, char b) { return a == b || a - 'A' + 'a' == b; }));
        EXPECT_TRUE(names.insert(shown.name).second);
        EXPECT_TRUE(shown.status >= 400 && shown.status < 600);
        EXPECT_GT(shown.sentence.size(), 10U);
        // Source of the second: api.md, section 14.
        const bool is_missing =
            shown.name.ends_with("NOT_FOUND") || shown.name == "FACE_NOT_REGISTERED";
        EXPECT_EQ(is_missing, shown.status == 404);
    }
}

// Source: api.md, section 14.
TEST(PublicErrorTest, HasTheStatusOfTheContract)
{
    const std::pair<ErrorCode, int> expected[] = {{ErrorCode::InvalidJson, 400},
                                                  {ErrorCode::MalformedHttp, 400},
                                                  {ErrorCode::InvalidCredentials, 401},
                                                  {ErrorCode::TokenRevoked, 401},
                                                  {ErrorCode::InsufficientScope, 403},
                                                  {ErrorCode::InvalidOtp, 403},
                                                  {ErrorCode::MethodNotAllowed, 405},
                                                  {ErrorCode::NotAcceptable, 406},
                                                  {ErrorCode::RequestTimeout, 408},
                                                  {ErrorCode::AlreadyValidated, 409},
                                                  {ErrorCode::Conflict, 409},
                                                  {ErrorCode::OtpExpired, 410},
                                                  {ErrorCode::BodyTooLarge, 413},
                                                  {ErrorCode::UriTooLong, 414},
                                                  {ErrorCode::UnsupportedMediaType, 415},
                                                  {ErrorCode::RateLimited, 429},
                                                  {ErrorCode::HeadersTooLarge, 431},
                                                  {ErrorCode::Internal, 500},
                                                  {ErrorCode::Busy, 503},
                                                  {ErrorCode::StoreUnavailable, 503}};
    for (const auto& [code, status] : expected) EXPECT_EQ(to_public(code).status, status);
}

TEST(SuccessTest, IsTheEnvelope)
{
    const auto response = success({{"a", 1}}, "Done \"well\"", 201);

    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.body, R"({"success":true,"data":{"a":1},"message":"Done \"well\""})");
    EXPECT_TRUE(response.headers.empty());
}

TEST(SuccessTest, ReplacesBytesThatAreNoText)
{
    const auto response = success({{"name", "a\xff"}}, "b\xc3");

    EXPECT_EQ(json::parse(response.body)["data"]["name"], "a\ufffd");
    EXPECT_EQ(json::parse(response.body)["message"], "b\ufffd");
}

TEST(FailureTest, IsTheEnvelopeForEveryCode)
{
    for (const auto code : all_codes()) {
        const auto response = failure(Error{code, "a detail for the log"}, kId);
        const auto shown = to_public(code);
        const auto body = json::parse(response.body);

        EXPECT_EQ(response.status, shown.status);
        EXPECT_EQ(response.content_type, "application/json");
        EXPECT_EQ(body["success"], false);
        EXPECT_EQ(body["error"], shown.sentence);
        EXPECT_EQ(body["code"], shown.name);
        EXPECT_TRUE(body["details"].is_object());
        EXPECT_EQ(body.size(), 4U);
        EXPECT_EQ(response.body.find("for the log"), std::string::npos);
        const bool may_retry = response.status == 429 || response.status == 503;
        EXPECT_EQ(header(response, "Retry-After"),
                  may_retry ? std::optional<std::string>{"1"} : std::nullopt);
        EXPECT_EQ(header(response, "WWW-Authenticate").has_value(), response.status == 401);
    }
}

TEST(FailureTest, IsAProblemForEveryCodeToThoseWhoAsk)
{
    for (const auto code : all_codes()) {
        const auto response = failure(Error{code}, kId, kProblem);
        const auto shown = to_public(code);
        const auto body = json::parse(response.body);

        EXPECT_EQ(response.status, shown.status);
        EXPECT_EQ(response.content_type, kProblem);
        EXPECT_EQ(body["type"], "about:blank");
        EXPECT_GT(body["title"].get<std::string>().size(), 3U);
        EXPECT_EQ(body["status"], shown.status);
        EXPECT_EQ(body["detail"], shown.sentence);
        EXPECT_EQ(body["code"], shown.name);
        EXPECT_EQ(body["details"], json::parse(failure(Error{code}, kId).body)["details"]);
        EXPECT_EQ(body["request_id"], kId);
        EXPECT_EQ(body.size(), 7U);
    }
    EXPECT_EQ(json::parse(failure(Error{ErrorCode::InvalidOtp}, kId, kProblem).body)["title"],
              "Forbidden");
}

TEST(FailureTest, IsAProblemOnlyWhereThatIsPreferred)
{
    const auto type_for = [](std::string_view accept) {
        return failure(Error{ErrorCode::NotFound}, kId, accept).content_type;
    };

    for (const auto* accept :
         {"application/problem+json", "Application/Problem+JSON", "application/problem+json, */*",
          "application/problem+json, application/*;q=0.9",
          "application/problem+json;q=0.9, */*;q=0.1",
          "application/json;q=0.5, application/problem+json",
          "application/json;q=0, application/problem+json"}) {
        EXPECT_EQ(type_for(accept), kProblem) << accept;
    }
    for (const auto* accept :
         {"", "*/*", "application/*", "application/json", "text/html",
          "application/json, application/problem+json",
          "application/problem+json;q=0.5, application/json", "application/problem+json;q=0",
          "application/problem+json;q=0.5, */*", "application/problem+jsonx"}) {
        EXPECT_EQ(type_for(accept), "application/json") << accept;
    }
}

TEST(FailureTest, ShowsFieldsAndDetails)
{
    auto error = Error{ErrorCode::InvalidRequest}
                     .with("count", std::int64_t{7})
                     .with("is_final", true)
                     .with("reason", std::string{"too_slow"})
                     .with("missing", std::vector<std::string>{"a", "b"})
                     .saying("Not like this.");
    error.fields = {{"email", "is required"}, {"policy.any", "names \"nothing\""}};

    const auto body = json::parse(failure(error, kId).body);

    EXPECT_EQ(body["error"], "Not like this.");
    EXPECT_EQ(body["details"],
              (json{{"count", 7},
                    {"is_final", true},
                    {"reason", "too_slow"},
                    {"missing", {"a", "b"}},
                    {"fields",
                     json::array({{{"field", "email"}, {"issue", "is required"}},
                                  {{"field", "policy.any"}, {"issue", "names \"nothing\""}}})}}));
}

TEST(FailureTest, TellsOfAFaultOfOursTheRequestAlone)
{
    auto error = Error{ErrorCode::Internal, "SELECT secret"}
                     .with("sql", std::string{"SELECT secret"})
                     .saying("server.port: in use by secret");
    error.fields = {{"secret", "secret"}};

    for (const auto accept : {std::string_view{}, kProblem}) {
        const auto response = failure(error, kId, accept);
        EXPECT_EQ(response.body.find("secret"), std::string::npos) << response.body;
        EXPECT_EQ(json::parse(response.body)["details"], (json{{"request_id", kId}}));
    }
}

TEST(FailureTest, ReplacesBytesThatAreNoText)
{
    auto error =
        Error{ErrorCode::InvalidRequest}.with("a\xff", std::string{"b\xc3"}).saying("c\x80");
    error.fields = {{"d\xe2\x82", "e\xf0"}};

    for (const auto accept : {std::string_view{}, kProblem}) {
        const auto body = json::parse(failure(error, "req\xff", accept).body);
        EXPECT_EQ(body["details"]["a\ufffd"], "b\ufffd");
        EXPECT_EQ(body["details"]["fields"][0]["issue"], "e\ufffd");
    }
}

TEST(FailureTest, TellsHowLongToWait)
{
    auto limited = Error{ErrorCode::RateLimited};
    limited.retry_after = std::chrono::seconds{42};
    EXPECT_EQ(header(failure(limited, kId), "Retry-After"), "42");

    limited.retry_after = std::chrono::seconds{0};
    EXPECT_EQ(header(failure(limited, kId), "Retry-After"), "1");

    const auto by_detail =
        Error{ErrorCode::RateLimited}.with("retry_after_seconds", std::int64_t{17});
    EXPECT_EQ(header(failure(by_detail, kId), "Retry-After"), "17");

    auto conflict = Error{ErrorCode::Conflict};
    conflict.retry_after = std::chrono::seconds{3};
    EXPECT_EQ(header(failure(conflict, kId), "Retry-After"), "3");
}

TEST(FailureTest, TellsTheLimitThatWasReached)
{
    auto limited = Error{ErrorCode::RateLimited}
                       .with("limit", std::int64_t{5})
                       .with("retry_after_seconds", std::int64_t{17});
    limited.retry_after = std::chrono::seconds{17};
    const auto response = failure(limited, kId, kProblem);

    EXPECT_EQ(header(response, "RateLimit-Limit"), "5");
    EXPECT_EQ(header(response, "RateLimit-Remaining"), "0");
    EXPECT_EQ(header(response, "RateLimit-Reset"), "17");
    EXPECT_FALSE(header(failure(Error{ErrorCode::RateLimited}, kId), "RateLimit-Limit"));
    EXPECT_FALSE(header(failure(Error{ErrorCode::Conflict}.with("limit", std::int64_t{5}), kId),
                        "RateLimit-Limit"));
}

// Source: RFC 6750, section 3.
TEST(FailureTest, ChallengesWhoeverHasNoGoodToken)
{
    const auto challenge = [](ErrorCode code) {
        return header(failure(Error{code}, kId), "WWW-Authenticate");
    };

    EXPECT_EQ(challenge(ErrorCode::MissingToken), "Bearer");
    EXPECT_EQ(challenge(ErrorCode::InvalidCredentials), "Bearer");
    for (const auto code :
         {ErrorCode::InvalidToken, ErrorCode::TokenExpired, ErrorCode::TokenRevoked}) {
        EXPECT_EQ(challenge(code), R"(Bearer error="invalid_token")");
    }
    EXPECT_FALSE(challenge(ErrorCode::InsufficientScope));
}

TEST(FailureTest, NamesTheMethodsAllowed)
{
    const auto error = Error{ErrorCode::MethodNotAllowed}.with(
        "allow", std::vector<std::string>{"GET", "HEAD", "POST"});
    const auto response = failure(error, kId);

    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(json::parse(response.body)["details"]["allow"], (json{"GET", "HEAD", "POST"}));
}

TEST(PageJsonTest, HasACursorUnlessItIsTheLast)
{
    EXPECT_EQ(page_json(json::array({1}), std::nullopt),
              (json{{"items", {1}}, {"next_cursor", nullptr}}));
    EXPECT_EQ(page_json(json::array(), "foo"),
              (json{{"items", json::array()}, {"next_cursor", "Zm9v"}}));
}

TEST(PlainTest, StaysAsItIs)
{
    const auto response = plain("x", "text/css", 203).with_header("Vary", "Accept");

    EXPECT_EQ(response.status, 203);
    EXPECT_EQ(response.content_type, "text/css");
    EXPECT_EQ(response.body, "x");
    EXPECT_EQ(header(response, "Vary"), "Accept");
}

}  // namespace
}  // namespace accessd::http
