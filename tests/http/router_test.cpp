#include "http/router.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace accessd::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

class RouterTest : public testing::Test {
protected:
    RouterTest()
    {
        add("GET", "/");
        add("GET", "/healthz");
        add("GET", "/v2/access/projects");
        add("POST", "/v2/access/projects");
        add("GET", "/v2/access/projects/{project_id}");
        add("PATCH", "/v2/access/projects/{project_id}");
        add("DELETE", "/v2/access/projects/{project_id}");
        add("GET", "/v2/access/projects/{project_id}/users/{user_id}");
        add("GET", "/v2/access/projects/{project_id}/users/export");
        add("DELETE", "/v2/access/projects/{id}/users/{user_id}");
        add("GET", "/v2/access/flows/{flow_id}/methods/{method}");
        add("POST", "/v2/access/email/send-otp");
    }

    void add(const std::string& method, const std::string& pattern)
    {
        router_.add(method, pattern, {},
                    [](const Request&) -> Result<Response> { return plain("", "text/plain"); });
    }

    /// "GET /pattern", or the error's name.
    std::string found(std::string_view method, std::string_view path) const
    {
        const auto match = router_.find(method, path);
        if (!match) return std::string{to_text(match.error().code)};
        return match->route->method + " " + match->route->pattern;
    }
    Parameters parameters(std::string_view method, std::string_view path) const
    {
        const auto match = router_.find(method, path);
        EXPECT_TRUE(match) << path;
        return match ? match->parameters : Parameters{};
    }
    std::vector<std::string> allowed(std::string_view method, std::string_view path) const
    {
        const auto match = router_.find(method, path);
        if (match || match.error().code != ErrorCode::MethodNotAllowed) return {};
        EXPECT_EQ(match.error().details.at(0).first, "allow");
        auto methods = std::get<std::vector<std::string>>(match.error().details.at(0).second);
        std::sort(methods.begin(), methods.end());
        return methods;
    }

    Router router_;
};

TEST_F(RouterTest, FindsByMethodAndPath)
{
    EXPECT_EQ(found("GET", "/"), "GET /");
    EXPECT_EQ(found("GET", "/healthz"), "GET /healthz");
    EXPECT_EQ(found("POST", "/v2/access/projects"), "POST /v2/access/projects");
    EXPECT_EQ(found("PATCH", "/v2/access/projects/prj_1"),
              "PATCH /v2/access/projects/{project_id}");
    EXPECT_EQ(parameters("PATCH", "/v2/access/projects/prj_1"),
              (Parameters{{"project_id", "prj_1"}}));
    EXPECT_EQ(parameters("GET", "/v2/access/flows/f/methods/email"),
              (Parameters{{"flow_id", "f"}, {"method", "email"}}));
    EXPECT_TRUE(parameters("GET", "/healthz").empty());
}

TEST_F(RouterTest, NamesParametersAsTheirOwnRouteDoes)
{
    EXPECT_EQ(parameters("GET", "/v2/access/projects/p/users/u"),
              (Parameters{{"project_id", "p"}, {"user_id", "u"}}));
    EXPECT_EQ(parameters("DELETE", "/v2/access/projects/p/users/u"),
              (Parameters{{"id", "p"}, {"user_id", "u"}}));
}

TEST_F(RouterTest, PutsLiteralsBeforeParameters)
{
    EXPECT_EQ(found("GET", "/v2/access/projects/p/users/export"),
              "GET /v2/access/projects/{project_id}/users/export");
    EXPECT_EQ(found("GET", "/v2/access/projects/p/users/exports"),
              "GET /v2/access/projects/{project_id}/users/{user_id}");
    // The literal knows no DELETE, a user may have that id.
    EXPECT_EQ(found("DELETE", "/v2/access/projects/p/users/export"),
              "DELETE /v2/access/projects/{id}/users/{user_id}");
}

TEST_F(RouterTest, GoesBackWhereALiteralLeadsNowhere)
{
    add("GET", "/x/{a}/end");
    add("GET", "/x/literal/other");

    EXPECT_EQ(parameters("GET", "/x/literal/end"), (Parameters{{"a", "literal"}}));
    EXPECT_EQ(found("GET", "/x/literal/nowhere"), "NotFound");

    add("GET", "/y/literal/{b}/z");
    add("GET", "/y/{a}/{b}/w");
    EXPECT_EQ(parameters("GET", "/y/literal/q/w"), (Parameters{{"a", "literal"}, {"b", "q"}}));
}

TEST_F(RouterTest, FindsNothingElsewhere)
{
    for (const auto* path : {"",
                             "healthz",
                             "//",
                             "/healthz/",
                             "//healthz",
                             "/Healthz",
                             "/health",
                             "/healthzz",
                             "/v2",
                             "/v2/",
                             "/v2/access",
                             "/v2/access/",
                             "/v2/access/projects/",
                             "/v2/access//projects",
                             "/v2/access/projects//users/u",
                             "/v2/access/projects/p/users/",
                             "/v2/access/projects/p/",
                             "/v2/access/PROJECTS",
                             "/v2/access/projects/p/users/u/x",
                             "/v2/access/email",
                             "/v2/access/../access/projects",
                             "/v2/./access/projects",
                             "/v2/access/projects/..",
                             "/v2/access/projects/.",
                             "/v2/access/projects/%2e%2E",
                             "/healthz%20",
                             "/healthz%2F",
                             "/v2%2Faccess%2Fprojects",
                             "/v2/access%2Fprojects",
                             "/healthz;a=b",
                             "/{project_id}"}) {
        EXPECT_EQ(found("GET", path), "NotFound") << path;
    }
}

TEST_F(RouterTest, DecodesSegmentsAfterSplittingThem)
{
    EXPECT_EQ(found("GET", "/v2/%61ccess/project%73"), "GET /v2/access/projects");
    EXPECT_EQ(parameters("GET", "/v2/access/projects/a%2Fb%3f%25"),
              (Parameters{{"project_id", "a/b?%"}}));
    EXPECT_EQ(parameters("GET", "/v2/access/projects/p/users/%C3%B1+x@y:z"),
              (Parameters{{"project_id", "p"}, {"user_id", "\u00f1+x@y:z"}}));
    EXPECT_EQ(parameters("GET", "/v2/access/projects/%252F"), (Parameters{{"project_id", "%2F"}}));
    EXPECT_EQ(parameters("GET", "/v2/access/projects/..%2F.."),
              (Parameters{{"project_id", "../.."}}));
}

TEST_F(RouterTest, RefusesBrokenEncoding)
{
    for (const auto* end : {"%", "%4", "%zz", "%g1", "%1g", "a%", "%00", "a%00b", "%ff", "%c0%af",
                            "%ed%a0%80", "%c3", "%f5%80%80%80", "% 41", "%u0041", "%-1"}) {
        EXPECT_EQ(found("GET", std::string{"/v2/access/projects/"} + end), "MalformedHttp") << end;
    }
}

TEST_F(RouterTest, AnswersHeadByGet)
{
    EXPECT_EQ(found("HEAD", "/v2/access/projects/p"), "GET /v2/access/projects/{project_id}");
    EXPECT_EQ(found("HEAD", "/v2/access/email/send-otp"), "MethodNotAllowed");
    add("HEAD", "/healthz");
    EXPECT_EQ(found("HEAD", "/healthz"), "HEAD /healthz");
}

TEST_F(RouterTest, TellsTheMethodsOfAPath)
{
    EXPECT_EQ(allowed("GET", "/v2/access/email/send-otp"), (std::vector<std::string>{"POST"}));
    EXPECT_EQ(allowed("PUT", "/v2/access/projects"),
              (std::vector<std::string>{"GET", "HEAD", "POST"}));
    EXPECT_EQ(allowed("OPTIONS", "/v2/access/projects/p"),
              (std::vector<std::string>{"DELETE", "GET", "HEAD", "PATCH"}));
    EXPECT_EQ(allowed("BREW", "/healthz"), (std::vector<std::string>{"GET", "HEAD"}));
    EXPECT_EQ(allowed("get", "/healthz"), (std::vector<std::string>{"GET", "HEAD"}));
    EXPECT_EQ(allowed("PUT", "/v2/access/projects/p/users/export"),
              (std::vector<std::string>{"DELETE", "GET", "HEAD"}));
}

TEST_F(RouterTest, CountsRoutesInTheirOrder)
{
    for (std::size_t i = 0; i < router_.routes().size(); ++i) {
        EXPECT_EQ(router_.routes()[i]->index, i);
    }
    EXPECT_EQ(router_.routes().size(), 12U);
}

TEST_F(RouterTest, RefusesRoutesThatCanNotBe)
{
    EXPECT_THROW(add("GET", "healthz"), std::logic_error);
    EXPECT_THROW(add("GET", ""), std::logic_error);
    EXPECT_THROW(add("GET", "/healthz"), std::logic_error);
    EXPECT_THROW(add("GET", "/v2/access/projects/{other}"), std::logic_error);
}

TEST_F(RouterTest, LongPathsEndQuickly)
{
    std::string path;
    for (int i = 0; i < 4000; ++i) path += "/p";
    EXPECT_EQ(found("GET", path), "NotFound");
    EXPECT_EQ(found("GET", "/v2/access/projects" + path), "NotFound");
}

}  // namespace
}  // namespace accessd::http
