#include "access/link_page.h"

#include "access/asking_browser.h"
#include "access/redirect.h"

#include <gtest/gtest.h>

namespace accessd::access {
namespace {

using contacts::Language;

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

TEST(LinkPage, HasWordsForEverythingInEachLanguage)
{
    for (const auto language : {Language::English, Language::Spanish, Language::Portuguese}) {
        const PageOwner owner{language, "Shop", "#123456", "#fafafa"};
        for (const auto& page :
             {confirm_login_page(owner, "123456", "https://shop.example/in"),
              other_browser_page(owner, "123456"),
              next_method_page(owner, {projects::Method::Phone, projects::Method::Biometric}),
              gone_page(language), locked_page(owner), confirm_unlock_page(owner, "a•••@b.example"),
              unlocked_page(owner), unlock_gone_page(language)}) {
            const auto lang = "<html lang=\"" + std::string{contacts::to_text(language)} + "\">";
            EXPECT_TRUE(contains(page.html, lang));
            EXPECT_FALSE(contains(page.html, "{project}") || contains(page.html, "{address}") ||
                         contains(page.html, "{methods}"))
                << page.html;
            EXPECT_FALSE(contains(page.html, "<h1></h1>"));
            EXPECT_TRUE(contains(page.policy, "default-src 'none'"));
        }
    }
}

TEST(LinkPage, WritesOnAColourWithWhatCanBeReadThere)
{
    const auto ink = [](const std::string& color) {
        const auto html = unlocked_page({Language::English, "Shop", color, {}}).html;
        return html.substr(html.find("--on-accent:") + 12, 4);
    };
    EXPECT_EQ(ink("#000000"), "#fff");
    EXPECT_EQ(ink("#3a5bd9"), "#fff");
    EXPECT_EQ(ink("#ffe000"), "#000");
    EXPECT_EQ(ink("#FFFFFF"), "#000");
}

TEST(LinkPage, TakesNothingButAColourForOne)
{
    for (const auto* color : {"red", "#12345", "#12345g", "}</style><script>", "#1234567", ""}) {
        const auto page = unlocked_page({Language::English, "Shop", color, color});
        EXPECT_TRUE(contains(page.html, "--accent:#3056d3;")) << color;
        EXPECT_FALSE(contains(page.html, ";--ground:")) << color;
        EXPECT_FALSE(contains(page.html, "<script")) << color;
    }
}

TEST(LinkPage, ShowsTheSignOfItsProjectAsText)
{
    const auto html = unlocked_page({Language::English, "Éva <b>", "#123456", "#FAFAFA"}).html;
    EXPECT_TRUE(contains(html, ">É</span>")) << "its first letter, whole";
    EXPECT_TRUE(contains(html, "Éva &lt;b&gt;"));
    EXPECT_TRUE(contains(html, ";--ground:#fafafa}"));
    EXPECT_FALSE(contains(html, "<img")) << "nobody else is told who opens links";
}

TEST(LinkPage, NamesWhereItsFormLeadsInItsPolicy)
{
    const struct {
        const char* url;
        const char* source;
    } rows[] = {{"https://shop.example", "https://shop.example"},
                {"https://shop.example/in?x=1", "https://shop.example"},
                {"https://shop.example?x=/", "https://shop.example"},
                {"http://127.0.0.1:3000/in", "http://127.0.0.1:3000"},
                {"http://[::1]:3000/in", "http:"},
                {"https://a;b,c/in", "https:"}};
    for (const auto& row : rows) EXPECT_EQ(policy_source_of(row.url), row.source) << row.url;
}

TEST(Redirect, AddsTheCodeAndTheState)
{
    const Secret code{"a-b_c"};
    EXPECT_EQ(redirect_with_code("https://shop.example/in", code),
              "https://shop.example/in?code=a-b_c");
    EXPECT_EQ(redirect_with_code("https://shop.example/in?x=1", code, "a b&c=\r\né"),
              "https://shop.example/in?x=1&code=a-b_c&state=a%20b%26c%3D%0D%0A%C3%A9");
}

TEST(AskingBrowser, IsTheSameInEveryPartThatWasTold)
{
    const struct {
        const char* told_ip;
        const char* told_name;
        PressingBrowser pressing;
        BrowserMatch match;
    } rows[] = {
        {"", "", {"192.0.2.1", "B", ""}, BrowserMatch::Unknown},
        {"192.0.2.1", "", {"192.0.2.1", "B", ""}, BrowserMatch::Same},
        {"192.0.2.1", "", {"192.0.2.2", "B", ""}, BrowserMatch::Other},
        {"192.0.2.1", "", {"::ffff:192.0.2.1", "B", ""}, BrowserMatch::Same},
        {"2001:db8::1", "", {"2001:db8::ffff:2", "B", ""}, BrowserMatch::Same},
        {"2001:db8::1", "", {"2001:db8:0:1::1", "B", ""}, BrowserMatch::Other},
        {"192.0.2.1", "", {"", "B", ""}, BrowserMatch::Other},
        {"", "B", {"192.0.2.1", "B", ""}, BrowserMatch::Same},
        {"", "B", {"192.0.2.1", "b", ""}, BrowserMatch::Other},
        {"192.0.2.1", "B", {"192.0.2.1", "", ""}, BrowserMatch::Other},
    };
    for (const auto& row : rows) {
        Validation asked;
        asked.login_id = "login_1";
        asked.client_ip = row.told_ip;
        asked.user_agent = row.told_name;
        EXPECT_EQ(match_browser(asked, row.pressing), row.match)
            << row.told_ip << " " << row.told_name << " " << row.pressing.ip;
    }
}

}  // namespace
}  // namespace accessd::access
