#include "http/entity_tag.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace accessd::http {
namespace {

const nlohmann::json kThing = {{"name", "Shop"}};

Request asking(const std::vector<std::string>& values)
{
    Request request;
    for (const auto& value : values) request.headers.push_back({"if-match", value});
    return request;
}

/// "yes", "no" or "malformed".
std::string answer_to(const std::vector<std::string>& values)
{
    const auto wanted = IfMatch::parse(asking(values));
    if (!wanted) {
        EXPECT_EQ(wanted.error().code, ErrorCode::InvalidRequest);
        return "malformed";
    }
    const auto checked = wanted->check(kThing);
    if (checked) return "yes";
    EXPECT_EQ(checked.error().code, ErrorCode::PreconditionFailed);
    return "no";
}

TEST(EntityTag, NamesWhatIsShown)
{
    const auto tag = entity_tag(kThing);
    EXPECT_EQ(tag.size(), 24U);
    EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"'));
    EXPECT_EQ(entity_tag({{"name", "Shop"}}), tag);
    EXPECT_NE(entity_tag({{"name", "shop"}}), tag);

    const auto response = tagged(kThing, "Thing");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].name, "ETag");
    EXPECT_EQ(response.headers[0].value, tag);
}

TEST(EntityTag, MatchesAsRfc9110Says)
{
    const auto tag = entity_tag(kThing);
    const struct {
        std::vector<std::string> values;
        std::string answer;
    } cases[] = {
        {{}, "yes"},
        {{tag}, "yes"},
        {{"*"}, "yes"},
        {{R"("x")"}, "no"},
        {{R"("x", )" + tag}, "yes"},
        {{R"("x",)" + tag + R"(,"y")"}, "yes"},
        {{R"("x")", tag}, "yes"},
        {{"W/" + tag}, "no"},
        {{"W/" + tag + ", " + tag}, "yes"},
        {{R"("")"}, "no"},
        {{R"("a,b", )" + tag}, "yes"},
        {{""}, "malformed"},
        {{tag + ","}, "malformed"},
        {{tag + " " + tag}, "malformed"},
        {{tag.substr(1)}, "malformed"},
        {{tag.substr(0, 10)}, "malformed"},
        {{"w/" + tag}, "malformed"},
        {{"W/"}, "malformed"},
        {{"*, " + tag}, "malformed"},
        {{R"("a b")"}, "malformed"},
    };
    for (const auto& [values, answer] : cases) {
        EXPECT_EQ(answer_to(values), answer) << (values.empty() ? "no header" : values[0]);
    }
}

}  // namespace
}  // namespace accessd::http
