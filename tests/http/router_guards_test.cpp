#include "http/router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace accessd::http {
namespace {

/// Takes "good", and remembers what it was asked.
class ScopedGuard final : public Guard {
public:
    Result<Caller> authenticate(std::string_view bearer) override
    {
        asked.emplace_back(bearer);
        if (bearer == "expired") return ErrorCode::TokenExpired;
        if (bearer != "good") return ErrorCode::InvalidToken;
        Caller caller;
        caller.subject = "key_1";
        caller.scopes = scopes;
        return caller;
    }

    Result<std::optional<Caller>> find_session(const Request& request) override
    {
        const auto cookie = request.header("Cookie");
        if (!cookie) return std::optional<Caller>{};
        if (*cookie == "forged") return ErrorCode::InsufficientScope;
        Caller caller;
        caller.subject = "adm_1";
        caller.scopes = scopes;
        return std::optional{caller};
    }

    std::uint8_t scopes = static_cast<std::uint8_t>(Scope::Access);
    std::vector<std::string> asked;
};

class GuardsTest : public testing::Test {
protected:
    std::string admitted(std::vector<Header> headers)
    {
        request_ = {};
        request_.headers = std::move(headers);
        const auto result = Router::admit(route_, guard_, request_);
        return result ? "admitted" : std::string{to_text(result.error().code)};
    }
    std::string with_token(std::string value)
    {
        return admitted({{"Authorization", std::move(value)}});
    }

    ScopedGuard guard_;
    Route route_{"POST", "/v2/access/x", {}, {}, 0};
    Request request_;
};

class TokenGuardsTest : public GuardsTest {
protected:
    TokenGuardsTest() { route_.options.scope = Scope::Access; }
};

TEST_F(TokenGuardsTest, LetTheOwnerOfATokenIn)
{
    for (const auto* value :
         {"Bearer good", "bearer good", "BEARER good", "Bearer   good", "  Bearer good  "}) {
        EXPECT_EQ(with_token(value), "admitted") << value;
        ASSERT_TRUE(request_.caller);
        EXPECT_EQ(request_.caller->subject, "key_1");
        EXPECT_EQ(guard_.asked.back(), "good");
    }
    EXPECT_EQ(admitted({{"authorization", "Bearer good"}}), "admitted");
}

TEST_F(TokenGuardsTest, MissATokenWhereNoneIs)
{
    EXPECT_EQ(admitted({}), "MissingToken");
    for (const auto* value : {"", "Bearer", "Bearer ", "Basic Z29vZA==", "good", "BearerX good",
                              "Bearergood", "Digest Bearer good"}) {
        EXPECT_EQ(with_token(value), "MissingToken") << value;
    }
    EXPECT_TRUE(guard_.asked.empty());
}

TEST_F(TokenGuardsTest, LetAPersonInByTheirSession)
{
    EXPECT_EQ(admitted({{"Cookie", "session"}}), "admitted");
    EXPECT_EQ(request_.caller->subject, "adm_1");
    EXPECT_EQ(admitted({{"Cookie", "forged"}}), "InsufficientScope");
    guard_.scopes = static_cast<std::uint8_t>(Scope::Read);
    EXPECT_EQ(admitted({{"Cookie", "session"}}), "InsufficientScope") << "the role lacks it";
}

TEST_F(TokenGuardsTest, JudgeByTheTokenThatWasSentAndNotByTheCookieBesideIt)
{
    for (const auto* value : {"Bearer bad", "Basic Z29vZA==", ""}) {
        EXPECT_NE(admitted({{"Cookie", "session"}, {"Authorization", value}}), "admitted") << value;
    }
    EXPECT_EQ(admitted({{"Cookie", "forged"}, {"Authorization", "Bearer good"}}), "admitted");
    EXPECT_EQ(request_.caller->subject, "key_1");
}

TEST_F(TokenGuardsTest, RefuseTokensThatAreNone)
{
    EXPECT_EQ(with_token("Bearer bad"), "InvalidToken");
    EXPECT_EQ(with_token("Bearer expired"), "TokenExpired");
    guard_.asked.clear();
    for (const auto* value : {"Bearer good good", "Bearer good, Bearer good", "Bearer \"good\"",
                              "Bearer go\u00f3d", "Bearer good;x"}) {
        EXPECT_EQ(with_token(value), "InvalidToken") << value;
    }
    EXPECT_EQ(admitted({{"Authorization", "Bearer good"}, {"Authorization", "Bearer good"}}),
              "InvalidToken");
    EXPECT_EQ(admitted({{"Authorization", "Bearer good"}, {"AUTHORIZATION", "Basic eA=="}}),
              "InvalidToken");
    EXPECT_TRUE(guard_.asked.empty());
    EXPECT_FALSE(request_.caller);
}

TEST_F(TokenGuardsTest, AskForTheRoutesScope)
{
    const auto admitted_with = [&](std::uint8_t scopes, Scope wanted) {
        guard_.scopes = scopes;
        route_.options.scope = wanted;
        return with_token("Bearer good");
    };
    const auto bit = [](Scope scope) { return static_cast<std::uint8_t>(scope); };

    EXPECT_EQ(admitted_with(bit(Scope::Access), Scope::Access), "admitted");
    EXPECT_EQ(admitted_with(bit(Scope::Access), Scope::Manage), "InsufficientScope");
    EXPECT_EQ(admitted_with(bit(Scope::Access), Scope::Read), "InsufficientScope");
    EXPECT_EQ(admitted_with(bit(Scope::Read), Scope::Manage), "InsufficientScope");
    EXPECT_EQ(admitted_with(bit(Scope::Manage), Scope::Read), "admitted");
    EXPECT_EQ(admitted_with(bit(Scope::Manage), Scope::Access), "InsufficientScope");
    EXPECT_EQ(admitted_with(0, Scope::Any), "InsufficientScope");
    for (const auto scope : {Scope::Access, Scope::Manage, Scope::Read}) {
        EXPECT_EQ(admitted_with(bit(scope), Scope::Any), "admitted");
    }
}

TEST_F(TokenGuardsTest, AskForTheTokenBeforeAnythingElse)
{
    const std::vector<Header> wrong{{"Accept", "text/html"}, {"Content-Length", "5"}};
    EXPECT_EQ(admitted(wrong), "MissingToken");
    auto with_good = wrong;
    with_good.push_back({"Authorization", "Bearer good"});
    EXPECT_EQ(admitted(with_good), "NotAcceptable");
}

TEST_F(GuardsTest, OfOpenRoutesIgnoreTokens)
{
    EXPECT_EQ(with_token("Bearer bad"), "admitted");
    EXPECT_FALSE(request_.caller);
    EXPECT_TRUE(guard_.asked.empty());
}

TEST_F(GuardsTest, TakeWhoAcceptsJson)
{
    for (const auto* accept :
         {"", "*/*", "application/*", "application/json", "Application/JSON",
          "application/problem+json", "text/html, */*;q=0.1", "text/html,application/json;q=0.001",
          "application/json; charset=utf-8", "application/json;q=0, application/problem+json",
          "*/*;q=0, application/json", " , application/json",
          "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "application/json ; q=0.5", "application/json;Q=1.000"}) {
        EXPECT_EQ(admitted({{"Accept", accept}}), "admitted") << accept;
    }
    EXPECT_EQ(admitted({}), "admitted");
    EXPECT_EQ(admitted({{"Accept", "text/html"}, {"Accept", "application/json"}}), "admitted");
}

TEST_F(GuardsTest, RefuseWhoAcceptsNoJson)
{
    for (const auto* accept :
         {"text/html", "image/png, text/*", "application/xml", "application/jsonx",
          "application/json;q=0", "*/*;q=0", "*/*;q=0.0", "application/*;q=0.000, text/html",
          "*/*, application/*;q=0", "application/vnd.api+json", "json", "*"}) {
        EXPECT_EQ(admitted({{"Accept", accept}}), "NotAcceptable") << accept;
    }
    EXPECT_EQ(admitted({{"Accept", "text/html"}, {"Accept", "image/png"}}), "NotAcceptable");
    route_.options.json_answer = false;
    EXPECT_EQ(admitted({{"Accept", "text/html"}}), "admitted");
}

TEST_F(GuardsTest, OfShortFormsAskForJsonUnderTheApiOnly)
{
    Router router;
    const auto handler = [](const Request&) -> Result<Response> { return plain("", ""); };
    router.get("/v2/access/projects", Scope::Read, handler);
    router.get("/metrics", std::nullopt, handler);

    EXPECT_TRUE(router.find("GET", "/v2/access/projects")->route->options.json_answer);
    EXPECT_EQ(router.find("GET", "/v2/access/projects")->route->options.scope, Scope::Read);
    EXPECT_FALSE(router.find("GET", "/metrics")->route->options.json_answer);
}

TEST_F(GuardsTest, TakeBodiesOfJson)
{
    for (const auto* type :
         {"application/json", "APPLICATION/JSON", "application/json; charset=utf-8",
          "application/json;charset=UTF-8", "application/json; charset=\"utf-8\"",
          "application/json;", " application/json "}) {
        EXPECT_EQ(admitted({{"Content-Length", "2"}, {"Content-Type", type}}), "admitted") << type;
    }
    EXPECT_EQ(admitted({{"Transfer-Encoding", "chunked"},
                        {"Content-Type", "application/json"},
                        {"Content-Encoding", "Identity"}}),
              "admitted");
}

TEST_F(GuardsTest, RefuseOtherBodies)
{
    for (const auto* type :
         {"", "text/plain", "text/json", "application/jsonx", "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x", "application/json; charset=latin1",
          "application/json; charset=utf-16", "application/json, text/plain", "application/json x",
          "application/problem+json", "json", "application/json; boundary=x"}) {
        EXPECT_EQ(admitted({{"Content-Length", "2"}, {"Content-Type", type}}),
                  "UnsupportedMediaType")
            << type;
    }
    const Header json{"Content-Type", "application/json"};
    EXPECT_EQ(admitted({{"Content-Length", "2"}}), "UnsupportedMediaType");
    EXPECT_EQ(admitted({{"Transfer-Encoding", "chunked"}}), "UnsupportedMediaType");
    EXPECT_EQ(admitted({{"Content-Length", "2"}, json, json}), "UnsupportedMediaType");
    for (const auto* encoding : {"gzip", "br", "identity, gzip", ""}) {
        EXPECT_EQ(admitted({{"Content-Length", "2"}, json, {"Content-Encoding", encoding}}),
                  "UnsupportedMediaType")
            << encoding;
    }
}

TEST_F(GuardsTest, AskForNoTypeWithoutABody)
{
    EXPECT_EQ(admitted({}), "admitted");
    EXPECT_EQ(admitted({{"Content-Length", "0"}, {"Content-Type", "text/plain"}}), "admitted");
    EXPECT_EQ(admitted({{"Content-Length", "000"}}), "admitted");
    route_.options.json_body = false;
    EXPECT_EQ(admitted({{"Content-Length", "2"}, {"Content-Type", "text/csv"}}), "admitted");
}

TEST(RequestTest, ReadsHeadersWithoutCaseAndTheFirstOfSeveral)
{
    Request request;
    request.headers = {{"X-One", "1"}, {"x-two", "2"}, {"X-ONE", "3"}};

    EXPECT_EQ(request.header("x-one"), "1");
    EXPECT_EQ(request.header("X-TWO"), "2");
    EXPECT_FALSE(request.header("X-On"));
    EXPECT_FALSE(request.header("X-One-"));
}

TEST(RequestTest, TakesAParameterThatTheRouteLacksForABug)
{
    Request request;
    request.parameters = {{"flow_id", "flow_1"}};

    EXPECT_EQ(request.parameter("flow_id"), "flow_1");
    EXPECT_THROW(request.parameter("project_id"), std::logic_error);
}

}  // namespace
}  // namespace accessd::http
