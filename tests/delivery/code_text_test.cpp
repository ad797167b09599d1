#include "delivery/code_text.h"
#include "delivery/gsm7.h"
#include "delivery/template_check.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd::test {
namespace {

using contacts::Language;
using delivery::TextFacts;

constexpr Language kLanguages[] = {Language::English, Language::Spanish, Language::Portuguese};

TextFacts facts(Language language, std::string project = "Café Ñandú")
{
    return {.language = language,
            .project_name = std::move(project),
            .code = "12345678",
            .minutes_valid = 5,
            .origin_host = "login.example.com"};
}

TEST(Gsm7, CountsSeptetsAsNetworksDo)
{
    EXPECT_EQ(delivery::gsm7_septets("Hello"), 5);
    EXPECT_EQ(delivery::gsm7_septets("@£$é€"), 6) << "the euro sign takes two";
    EXPECT_EQ(delivery::gsm7_septets("á"), std::nullopt);
    EXPECT_EQ(delivery::gsm7_septets("日本"), std::nullopt);
    EXPECT_EQ(delivery::sms_segments(std::string(160, 'a')), 1);
    EXPECT_EQ(delivery::sms_segments(std::string(161, 'a')), 2);
    EXPECT_EQ(delivery::sms_segments(std::string(306, 'a')), 2);
    EXPECT_EQ(delivery::sms_segments(std::string(307, 'a')), 3);
    EXPECT_EQ(delivery::sms_segments(std::string(69, 'a') + "á"), 1);
    EXPECT_EQ(delivery::sms_segments(std::string(70, 'a') + "á"), 2);
}

TEST(Gsm7, WritesLettersAsTheAlphabetHasThem)
{
    EXPECT_EQ(delivery::to_gsm7_letters("Café Ñandú"), "Café Ñandu");
    EXPECT_EQ(delivery::to_gsm7_letters("Ação “já”"), "Acao \"ja\"");
    EXPECT_EQ(delivery::to_gsm7_letters("日本"), "日本");
}

TEST(CodeText, FitsIntoOneSegmentInEveryLanguage)
{
    for (const auto language : kLanguages) {
        for (const auto& name :
             {std::string{"Shop"}, std::string{"Café Ñandú"}, std::string(60, 'W'),
              std::string{"€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€"}}) {
            const auto text = delivery::render_sms(facts(language, name));
            EXPECT_TRUE(delivery::gsm7_septets(text)) << text;
            EXPECT_EQ(delivery::sms_segments(text), 1) << text;
            EXPECT_NE(text.find("12345678"), std::string::npos) << text;
        }
    }
}

TEST(CodeText, EndsWithTheOriginBoundLine)
{
    for (const auto language : kLanguages) {
        const auto text = delivery::render_sms(facts(language));
        EXPECT_TRUE(text.ends_with("\n\n@login.example.com #12345678")) << text;
    }
    auto without = facts(Language::English);
    without.origin_host.clear();
    EXPECT_EQ(delivery::render_sms(without).find('\n'), std::string::npos);
}

TEST(CodeText, TakesTwoSegmentsForOtherScriptsAtMost)
{
    const auto text = delivery::render_sms(facts(Language::English, "東京の店"));
    EXPECT_LE(delivery::sms_segments(text), 2);
    EXPECT_NE(text.find("東京の店"), std::string::npos);
}

TEST(CodeText, ANameCantPretendToBeAPlace)
{
    const auto text = delivery::render_sms(facts(Language::English, "{{code}}"));
    EXPECT_NE(text.find("is your {{code}} code"), std::string::npos) << text;
}

TEST(SmsTemplate, HasTheCodeAndItsLengthChecked)
{
    const auto problems = [](const std::string& text) {
        return delivery::check_sms_template({{}, text, {}}).problems;
    };
    EXPECT_TRUE(problems("{{code}} opens {{project}}").empty());
    EXPECT_FALSE(problems("Log in to {{project}}").empty());
    EXPECT_FALSE(problems("{{code}} {{nonsense}}").empty());
    EXPECT_FALSE(problems("{{code}}" + std::string(400, 'a')).empty());
    EXPECT_FALSE(problems("{{#link}}{{code}}{{/link}}").empty());
    EXPECT_FALSE(delivery::check_sms_template({"subject", "{{code}}", {}}).problems.empty());
    const auto warned = delivery::check_sms_template({{},
                                                      "Código {{code}}: no lo compartas con nadie, "
                                                      "ni siquiera con nosotros",
                                                      {}});
    EXPECT_TRUE(warned.problems.empty());
    EXPECT_FALSE(warned.warnings.empty()) << "ó turns the message into UCS-2";
}

TEST(SmsTemplate, IsFilledInAndEndsLikeTheBuiltInOne)
{
    const auto text =
        delivery::render_own_sms("{{code}} abre {{project}} & ya", facts(Language::Spanish));
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "12345678 abre Café Ñandú & ya\n\n@login.example.com #12345678");
}

}  // namespace
}  // namespace accessd::test
