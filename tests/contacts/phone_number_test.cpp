#include "contacts/phone_number.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

using contacts::LineType;
using contacts::PhoneNumber;

TEST(PhoneNumber, HasOneFormHoweverItIsWritten)
{
    std::set<std::string> forms;
    for (const auto* text :
         {"+34600123456", "+34 600 123 456", "+34-600-123-456", "+34.600.123.456", "+34(600)123456",
          "+34 (600) 123/456", "  +34 600 123456 ", "+3 4 6 0 0 1 2 3 4 5 6"}) {
        const auto number = PhoneNumber::parse(text);
        ASSERT_TRUE(number) << text;
        forms.insert(number->text());
    }
    EXPECT_EQ(forms, std::set<std::string>{"+34600123456"});
}

TEST(PhoneNumber, DropsAZeroThatIsDialledOnlyInTheCountry)
{
    EXPECT_EQ(PhoneNumber::parse("+44 (0)7400 123456")->text(), "+447400123456");
    EXPECT_EQ(PhoneNumber::parse("+44 07400 123456")->text(), "+447400123456");
    EXPECT_EQ(PhoneNumber::parse("+39 06 12345678")->text(), "+390612345678") << "Italy dials it";
}

TEST(PhoneNumber, RefusesWhatCouldBeReadInTwoWays)
{
    const std::vector<std::string> refused{
        "",
        "+",
        "600123456",
        "0034600123456",
        "+0034600123456",
        "34600123456",
        "+34600123456 ext 5",
        "+34600123456x5",
        "+34600123456;ext=5",
        "+34600123456#5",
        "+34600123456,,5",
        "tel:+34600123456",
        "+34\uff16\uff10\uff10123456",  // Full-width digits.
        "\uff0b34600123456",            // Full-width plus.
        "+34\u0666\u0660\u0660123456",  // Arabic-Indic digits.
        "+34\u00a0600123456",           // No-break space.
        "+34\u200b600123456",           // Zero-width space.
        "+34\t600123456",
        "+34\n600123456",
        std::string{"+34600\0"
                    "123456",
                    13},  // In one literal it is \012, a line feed.
        "++34600123456",
        "+34+600123456",
        "+34 600)123456",
        "+34 (600 123456",
        "+34 ()600123456",
        "+34 ((600)) 123456",
        "+1234567",
        "+1234567890123456",
        "+1-800-FLOWERS",
        "+34*600123456",
        "+34 600 123 456 600 123 456 1",
    };
    for (const auto& text : refused) {
        const auto number = PhoneNumber::parse(text);
        ASSERT_FALSE(number) << text;
        EXPECT_EQ(number.error().code, ErrorCode::InvalidPhone) << text;
        EXPECT_FALSE(number.error().message.empty()) << text;
    }
}

TEST(PhoneNumber, TakesATestProjectsNumbersThatNoPlanHas)
{
    const auto number = PhoneNumber::parse("+1234567890");
    ASSERT_TRUE(number);
    EXPECT_EQ(number->text(), "+1234567890");
    EXPECT_FALSE(number->plan().is_valid);
}

TEST(PhoneNumber, KnowsCountryAndLine)
{
    struct Row {
        const char* text;
        const char* country;
        LineType line;
    };
    for (const auto& row :
         {Row{"+34600123456", "ES", LineType::Mobile}, Row{"+34912345678", "ES", LineType::Fixed},
          Row{"+447400123456", "GB", LineType::Mobile}, Row{"+442079460958", "GB", LineType::Fixed},
          Row{"+12015550123", "US", LineType::FixedOrMobile},
          Row{"+14165550123", "CA", LineType::FixedOrMobile},
          Row{"+5511961234567", "BR", LineType::Mobile},
          Row{"+18002345678", "US", LineType::Other}}) {
        const auto plan = PhoneNumber::parse(row.text)->plan();
        EXPECT_TRUE(plan.is_valid) << row.text;
        EXPECT_EQ(plan.country, row.country) << row.text;
        EXPECT_EQ(plan.line, row.line) << row.text;
    }
    EXPECT_FALSE(PhoneNumber::parse("+34100123456")->plan().is_valid);
    EXPECT_FALSE(PhoneNumber::parse("+99912345678")->plan().is_valid);
}

TEST(PhoneNumber, ShowsCountryAndEndAlone)
{
    EXPECT_EQ(PhoneNumber::parse("+34600123456")->masked(), "+34•••••56");
    EXPECT_EQ(PhoneNumber::parse("+12015550123")->masked(), "+1•••••23");
    EXPECT_EQ(contacts::masked_phone("nonsense"), "•••");
}

TEST(PhoneNumber, ReadsAPlusThatAUrlMadeASpace)
{
    EXPECT_EQ(PhoneNumber::parse_parameter(" 34600123456")->text(), "+34600123456");
    EXPECT_EQ(PhoneNumber::parse_parameter("+34600123456")->text(), "+34600123456");
    EXPECT_FALSE(PhoneNumber::parse_parameter("34600123456"));
}

}  // namespace
}  // namespace accessd::test
