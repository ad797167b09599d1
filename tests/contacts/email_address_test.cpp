#include "contacts/email_address.h"

#include <gtest/gtest.h>

#include <string>

namespace accessd::contacts {
namespace {

struct Canonical {
    std::string name;
    std::string given;
    std::string canonical;
};
void PrintTo(const Canonical& row, std::ostream* out) { *out << row.name; }

class EmailCanonicalTest : public testing::TestWithParam<Canonical> {};

TEST_P(EmailCanonicalTest, HasOneForm)
{
    const auto email = EmailAddress::parse(GetParam().given);

    ASSERT_TRUE(email) << email.error().message;
    EXPECT_EQ(email->text(), GetParam().canonical);
    EXPECT_EQ(EmailAddress::parse(email->text())->text(), email->text());
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, EmailCanonicalTest,
    testing::Values(
        Canonical{"Plain", "ana@example.com", "ana@example.com"},
        Canonical{"UpperCase", "Ana.Lopez@Example.COM", "ana.lopez@example.com"},
        Canonical{"Blanks", " \tana@example.com\r\n", "ana@example.com"},
        Canonical{"PlusTag", "ana+shop@example.com", "ana+shop@example.com"},
        Canonical{"FullWidth", "ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ana@example.com"},
        Canonical{"KelvinSign", "\u212Aim@example.com", "kim@example.com"},
        Canonical{"Idna", "ana@bücher.example", "ana@xn--bcher-kva.example"},
        Canonical{"IdnaSharpS", "ana@straße.example", "ana@xn--strae-oqa.example"},
        Canonical{"AlreadyAscii", "ana@XN--BCHER-KVA.example", "ana@xn--bcher-kva.example"},
        Canonical{"NoBreakSpaceAround", "\u00A0ana@example.com\u00A0", "ana@example.com"},
        Canonical{"AtomCharacters", "a!#$&'*+-/=?^_{}~z@example.com",
                  "a!#$&'*+-/=?^_{}~z@example.com"},
        Canonical{"LongestLocalPart", std::string(64, 'a') + "@example.com",
                  std::string(64, 'a') + "@example.com"}),
    [](const auto& row) { return row.param.name; });

struct Refused {
    std::string name;
    std::string given;
};
void PrintTo(const Refused& row, std::ostream* out) { *out << row.name; }

class EmailRefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(EmailRefusedTest, IsNoAddress)
{
    const auto email = EmailAddress::parse(GetParam().given);

    ASSERT_FALSE(email) << email->text();
    EXPECT_EQ(email.error().code, ErrorCode::InvalidEmail);
    EXPECT_FALSE(email.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, EmailRefusedTest,
    testing::Values(
        Refused{"Empty", ""}, Refused{"NoAt", "ana.example.com"},
        Refused{"TwoAts", "a@b@example.com"}, Refused{"NoLocalPart", "@example.com"},
        Refused{"NoDomain", "ana@"}, Refused{"InnerBlank", "an a@example.com"},
        Refused{"BlankInDomain", "ana@exa mple.com"}, Refused{"Quoted", "\"ana\"@example.com"},
        Refused{"Comment", "ana(x)@example.com"}, Refused{"DisplayName", "Ana <ana@example.com>"},
        Refused{"List", "ana@example.com,b@example.com"},
        Refused{"Semicolon", "ana@example.com;b@example.com"},
        Refused{"LeadingDot", ".ana@example.com"}, Refused{"TrailingDot", "ana.@example.com"},
        Refused{"TwoDots", "a..na@example.com"}, Refused{"DomainTrailingDot", "ana@example.com."},
        Refused{"SingleLabel", "ana@localhost"}, Refused{"IpLiteral", "ana@[127.0.0.1]"},
        Refused{"BareIp", "ana@127.0.0.1"}, Refused{"ZeroWidthSpace", "an\u200Ba@example.com"},
        Refused{"ZeroWidthInDomain", "ana@exam\u200Bple.com"},
        Refused{"SoftHyphen", "ana@exam\u00ADple.com"},
        Refused{"WordJoiner", "\u2060ana@example.com"},
        Refused{"RightToLeft", "\u202Eana@example.com"}, Refused{"Percent", "ana%b@example.com"},
        Refused{"Pipe", "ana|b@example.com"}, Refused{"Backtick", "ana`b@example.com"},
        Refused{"Cyrillic", "\u0430na@example.com"},
        Refused{"LineFeed", "ana@example.com\nBcc:x@y.zz"},
        Refused{"Nul", std::string("ana\0b@example.com", 17)},
        Refused{"Underscore", "ana@exa_mple.com"}, Refused{"HyphenLabel", "ana@-example.com"},
        Refused{"NotUtf8", "ana@ex\xff\xfe.com"}, Refused{"DottedCapitalI", "\u0130na@example.com"},
        Refused{"LocalPartTooLong", std::string(65, 'a') + "@example.com"},
        Refused{"LabelTooLong", "a@" + std::string(64, 'b') + ".com"},
        Refused{"TooLong", std::string(5000, 'a') + "@example.com"}),
    [](const auto& row) { return row.param.name; });

TEST(EmailAddressTest, CountsTagsAndGmailDotsAsOnePerson)
{
    const auto key = [](std::string_view text) { return EmailAddress::parse(text)->limit_key(); };
    EXPECT_EQ(key("+ana+1@example.com"), "+ana@example.com");  // The first plus is a name's.
    EXPECT_EQ(key("+@example.com"), "+@example.com");

    EXPECT_EQ(key("ana+1@example.com"), "ana@example.com");
    EXPECT_EQ(key("a.na+x@gmail.com"), key("ana@gmail.com"));
    EXPECT_NE(key("a.na@example.com"), key("ana@example.com"));
    EXPECT_EQ(key("+ana@example.com"), "+ana@example.com");
}

TEST(EmailAddressTest, ShowsOneLetterOfTheName)
{
    EXPECT_EQ(EmailAddress::parse("ana@example.com")->masked(), "a•••@example.com");
}

}  // namespace
}  // namespace accessd::contacts
