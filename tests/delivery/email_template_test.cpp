#include "delivery/email_template.h"

#include <gtest/gtest.h>

#include <chrono>

namespace accessd::delivery {
namespace {

using contacts::Language;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

TEST(EmailTemplate, TellsTheCodeFirstInEachLanguage)
{
    const auto english = render_code_email(Language::English, "Cafe Ana", "123456", 10, {});
    EXPECT_EQ(english.subject, "123456 is your Cafe Ana code");
    EXPECT_TRUE(contains(english.text, "It is good for 10 minutes.")) << english.text;
    const auto spanish = render_code_email(Language::Spanish, "Cafe Ana", "123456", 10, {});
    EXPECT_EQ(spanish.subject, "123456 es tu código de Cafe Ana");
    EXPECT_TRUE(contains(spanish.text, "Vale durante 10 minutos.")) << spanish.text;
    const auto portuguese = render_code_email(Language::Portuguese, "Cafe Ana", "123456", 10, {});
    EXPECT_EQ(portuguese.subject, "123456 é o seu código de Cafe Ana");
    EXPECT_TRUE(contains(portuguese.text, "Ele vale por 10 minutos.")) << portuguese.text;

    EXPECT_TRUE(contains(english.html, "<html lang=\"en\">"));
    EXPECT_TRUE(contains(spanish.html, "<html lang=\"es\">"));
    EXPECT_TRUE(contains(portuguese.html, "<html lang=\"pt\">"));
    for (const auto& mail : {english, spanish, portuguese}) {
        EXPECT_TRUE(contains(mail.text, "\n    123456\n")) << mail.text;
        EXPECT_TRUE(contains(mail.html, ">123456</p>"));
        for (const auto& part : {mail.subject, mail.text, mail.html}) {
            EXPECT_FALSE(contains(part, "{{")) << part;
        }
    }
}

TEST(EmailTemplate, SaysOneMinuteInTheSingular)
{
    const auto mail = render_code_email(Language::English, "Cafe Ana", "123456", 1, {});
    EXPECT_TRUE(contains(mail.text, "It is good for 1 minute.")) << mail.text;
}

TEST(EmailTemplate, EscapesInHtmlOnceAndNotInText)
{
    const std::string name = "Ana & <b>\"Söhne\"</b> {{code}}";
    const auto mail = render_code_email(Language::English, name, "123456", 10,
                                        {.logo_url = "https://example.com/logo.png?a=1&b=2"});
    EXPECT_EQ(mail.subject, "123456 is your " + name + " code");
    EXPECT_TRUE(contains(mail.text, name)) << mail.text;
    EXPECT_FALSE(contains(mail.html, "<b>")) << mail.html;
    EXPECT_TRUE(contains(mail.html, "Ana &amp; &lt;b&gt;&quot;Söhne&quot;&lt;/b&gt; {{code}}"))
        << mail.html;
    EXPECT_FALSE(contains(mail.html, "&amp;amp;")) << mail.html;
    EXPECT_TRUE(contains(mail.html, "logo.png?a=1&amp;b=2")) << mail.html;
}

TEST(EmailTemplate, LeavesOutBrandingThatCouldBreakThePage)
{
    const auto good = render_code_email(Language::English, "Cafe Ana", "123456", 10,
                                        {.primary_color = "#Ab12ef"});
    EXPECT_TRUE(contains(good.html, "solid #Ab12ef"));
    EXPECT_FALSE(contains(good.html, "<img"));
    const auto bad = render_code_email(
        Language::English, "Cafe Ana", "123456", 10,
        {.logo_url = "javascript:alert(1)", .primary_color = "red;background:url(x)"});
    EXPECT_FALSE(contains(bad.html, "url(x)"));
    EXPECT_FALSE(contains(bad.html, "<img"));
}

TEST(EmailTemplate, RoundsLifeToMinutes)
{
    EXPECT_EQ(to_minutes(seconds{600}), 10);
    EXPECT_EQ(to_minutes(milliseconds{599'800}), 10);
    EXPECT_EQ(to_minutes(seconds{121}), 2);
    EXPECT_EQ(to_minutes(seconds{5}), 1);
}

}  // namespace
}  // namespace accessd::delivery
