#include "delivery/mail_headers.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace accessd::delivery {
namespace {

OutgoingMail a_mail()
{
    return {.message_id = "msg_1",
            .recipient = "ana@example.com",
            .from = "codes@login.example",
            .from_name = "Cafe Ana",
            .subject = "123456 is your Cafe Ana code",
            .text = "text",
            .html = "html",
            .date = from_unix_millis(1'772'357'400'250),
            .language = contacts::Language::Spanish};
}

/// The header with this name, "Name: value"; empty if there isn't exactly one.
std::string header(const OutgoingMail& mail, std::string_view name)
{
    std::vector<std::string> found;
    for (const auto& line : mail_headers(mail)) {
        if (line.starts_with(std::string{name} + ": ")) found.push_back(line);
    }
    return found.size() == 1 ? found.front() : std::string{};
}

TEST(MailHeaders, AreComplete)
{
    const auto mail = a_mail();
    EXPECT_EQ(header(mail, "From"), "From: \"Cafe Ana\" <codes@login.example>");
    EXPECT_EQ(header(mail, "To"), "To: ana@example.com");
    EXPECT_EQ(header(mail, "Subject"), "Subject: 123456 is your Cafe Ana code");
    EXPECT_EQ(header(mail, "Date"), "Date: Sun, 01 Mar 2026 09:30:00 +0000");
    EXPECT_EQ(header(mail, "Message-ID"), "Message-ID: <msg_1@login.example>");
    EXPECT_EQ(header(mail, "Auto-Submitted"), "Auto-Submitted: auto-generated");
    EXPECT_EQ(header(mail, "Content-Language"), "Content-Language: es");
}

TEST(MailHeaders, QuoteAndEncodeNames)
{
    auto mail = a_mail();
    mail.from_name = R"(Ana "the" \ Cafe)";
    EXPECT_EQ(header(mail, "From"), R"(From: "Ana \"the\" \\ Cafe" <codes@login.example>)");
    mail.from_name = "Café";
    EXPECT_EQ(header(mail, "From"), "From: =?UTF-8?B?Q2Fmw6k=?= <codes@login.example>");
    mail.from_name = "=?UTF-8?Q?Somebody?=";
    EXPECT_TRUE(header(mail, "From").starts_with("From: =?UTF-8?B?")) << header(mail, "From");
    mail.from_name.clear();
    EXPECT_EQ(header(mail, "From"), "From: codes@login.example");
}

TEST(MailHeaders, FoldLongSubjectsBetweenCharacters)
{
    auto mail = a_mail();
    mail.subject.clear();
    for (int i = 0; i < 60; ++i) mail.subject += "é";
    auto rest = header(mail, "Subject").substr(std::string_view{"Subject: "}.size());
    for (std::size_t end = 0; !rest.empty(); rest.erase(0, end)) {
        end = std::min(rest.find("\r\n "), rest.size());
        const auto word = rest.substr(0, end);
        EXPECT_LE(word.size(), 75U);
        EXPECT_TRUE(word.starts_with("=?UTF-8?B?w6nDqc")) << word;  // A whole character first.
        if (end < rest.size()) end += 3;
    }
}

TEST(MailHeaders, CannotBeInjected)
{
    auto mail = a_mail();
    mail.message_id = "msg_1>\r\nBcc: eve@example.net";
    mail.recipient += "\r\nBcc: eve@example.net";
    mail.from += "\nBcc: eve@example.net";
    mail.from_name += "\r\nBcc: eve@example.net\r\n\r\nbody";
    mail.subject += std::string{"\rBcc: eve@example.net\0", 22};
    for (const auto& line : mail_headers(mail)) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '\r') {
                EXPECT_EQ(line.substr(i, 3), "\r\n ") << line;  // Folding of ours.
                i += 2;
                continue;
            }
            EXPECT_GE(static_cast<unsigned char>(line[i]), 0x20) << line;
        }
    }
}

TEST(MailHeaders, KnowAddressesFitForCommands)
{
    EXPECT_TRUE(is_plain_address("ana@example.com"));
    for (const auto* bad : {"", "ana", "ana@example.com> SIZE=1", "a b@example.com",
                            "ana@example.com\r\nDATA", "<ana@example.com"}) {
        EXPECT_FALSE(is_plain_address(bad)) << bad;
    }
}

TEST(ProviderAnswers, AreStrippedOfAddresses)
{
    EXPECT_EQ(without_addresses("550 5.1.1 <ana@example.com>: Recipient address rejected\r\n"),
              "550 5.1.1 <address>: Recipient address rejected");
    EXPECT_EQ(without_addresses("550 no such user ana+x@sub.example.com, sorry"),
              "550 no such user <address>, sorry");
    EXPECT_EQ(without_addresses("451 (ana@example.com) and 'bob@example.com'"),
              "451 (<address>) and '<address>'");
    EXPECT_EQ(without_addresses("550 caf\xe9"), "550 caf?");
    EXPECT_EQ(without_addresses("550 " + std::string(500, 'x')).size(), 200U);
}

}  // namespace
}  // namespace accessd::delivery
