#include "delivery/smtp_sender.h"

#include "delivery/scripted_relay.h"
#include "outbound/guard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace accessd::delivery {
namespace {

using Outcome = Attempt::Outcome;
using test::ScriptedRelay;

config::Smtp settings_for(std::uint16_t port)
{
    config::Smtp settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.security = config::Smtp::Security::None;
    settings.timeout = std::chrono::seconds{1};
    return settings;
}

OutgoingMail a_mail()
{
    return {.message_id = "msg_1",
            .recipient = "ana@example.com",
            .from = "codes@login.example",
            .from_name = "Café Ana",
            .subject = "123456 is your Café Ana code",
            .text = "Code:\n.\n..two dots\n.one dot\n",
            .html = "<p class=\"x\">Código 123456</p>",
            .date = from_unix_millis(1'772'357'400'250),
            .language = contacts::Language::English};
}

SendOutcome send_by(ScriptedRelay& relay)
{
    return SmtpSender{settings_for(relay.port())}.send(a_mail());
}

int count(const std::string& text, std::string_view part)
{
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(SmtpSender, HandsAMessageOver)
{
    ScriptedRelay relay;
    const auto outcome = send_by(relay);
    EXPECT_EQ(outcome.outcome, Outcome::Accepted) << outcome.reason;
    EXPECT_EQ(outcome.reason, "");
    EXPECT_EQ(outcome.provider_answer, "250 2.0.0 queued as 42 for <address>");

    auto commands = relay.commands();
    ASSERT_GE(commands.size(), 4U);
    EXPECT_EQ(commands[0], "EHLO login.example");
    EXPECT_TRUE(commands[1].starts_with("MAIL FROM:<codes@login.example>")) << commands[1];
    EXPECT_EQ(commands[2], "RCPT TO:<ana@example.com>");
    EXPECT_EQ(commands[3], "DATA");
}

TEST(SmtpSender, WritesHeadersAndBothForms)
{
    ScriptedRelay relay;
    send_by(relay);
    ASSERT_EQ(relay.messages().size(), 1U);
    const auto message = relay.messages().front();
    const auto header = message.substr(0, message.find("\r\n\r\n") + 2);
    for (const auto* line :
         {"From: =?UTF-8?B?Q2Fmw6kgQW5h?= <codes@login.example>\r\n", "To: ana@example.com\r\n",
          "Subject: =?UTF-8?B?", "Date: Sun, 01 Mar 2026 09:30:00 +0000\r\n",
          "Message-ID: <msg_1@login.example>\r\n", "Auto-Submitted: auto-generated\r\n",
          "Content-Language: en\r\n", "Content-Type: multipart/alternative; boundary="}) {
        EXPECT_EQ(count("\r\n" + header, std::string{"\r\n"} + line), 1) << line << "\n" << message;
    }
    EXPECT_EQ(count(header, "ersion: 1.0\r\n"), 1) << header;
    EXPECT_EQ(count(header, "Content-Type"), 1) << header;

    const auto plain = message.find("Content-Type: text/plain; charset=utf-8\r\n");
    const auto html = message.find("Content-Type: text/html; charset=utf-8\r\n");
    EXPECT_NE(html, std::string::npos);
    EXPECT_LT(plain, html) << message;  // The best form comes last.
    EXPECT_EQ(count(message, "Content-Transfer-Encoding: quoted-printable\r\n"), 2) << message;
    EXPECT_EQ(count(message, "<p class=3D\"x\">C=C3=B3digo 123456</p>"), 1) << message;
    EXPECT_EQ(count(message, "Content-Disposition"), 0) << message;
}

TEST(SmtpSender, StuffsDots)
{
    ScriptedRelay relay;
    EXPECT_EQ(send_by(relay).outcome, Outcome::Accepted);
    ASSERT_EQ(relay.messages().size(), 1U);
    const auto message = relay.messages().front();
    EXPECT_EQ(count(message, "Code:\r\n..\r\n...two dots\r\n..one dot\r\n"), 1) << message;
    EXPECT_EQ(relay.commands().size(), 4U + (relay.commands().back() == "QUIT" ? 1U : 0U));
}

TEST(SmtpSender, KeepsItsConnectionOpen)
{
    ScriptedRelay relay;
    SmtpSender sender{settings_for(relay.port())};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(sender.send(a_mail()).outcome, Outcome::Accepted);
    EXPECT_EQ(relay.connections(), 1);
    EXPECT_EQ(relay.messages().size(), 3U);
}

TEST(SmtpSender, SharesItsConnectionsAmongThreads)
{
    ScriptedRelay relay;
    auto settings = settings_for(relay.port());
    settings.connections_max = 1;  // The relay serves one at a time: a second one would time out.
    settings.timeout = std::chrono::seconds{5};
    SmtpSender sender{settings};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] { EXPECT_EQ(sender.send(a_mail()).outcome, Outcome::Accepted); });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(relay.connections(), 1);
    EXPECT_EQ(relay.messages().size(), 8U);
}

TEST(SmtpSender, SendsAgainAfterTheRelayLeft)
{
    ScriptedRelay relay{{{"RCPT", "550 5.1.1 no"}}};
    SmtpSender sender{settings_for(relay.port())};
    EXPECT_EQ(sender.send(a_mail()).outcome, Outcome::PermanentFailure);
    EXPECT_EQ(sender.send(a_mail()).outcome, Outcome::PermanentFailure);
}

struct Refusal {
    const char* name;
    ScriptedRelay::Script script;
    Outcome outcome;
    const char* reason;
    const char* provider_answer;
};

class SmtpRefusals : public testing::TestWithParam<Refusal> {};

TEST_P(SmtpRefusals, AreExplained)
{
    ScriptedRelay relay{GetParam().script};
    const auto outcome = send_by(relay);
    EXPECT_EQ(outcome.outcome, GetParam().outcome);
    EXPECT_EQ(outcome.reason, GetParam().reason);
    EXPECT_EQ(outcome.provider_answer, GetParam().provider_answer);
}

INSTANTIATE_TEST_SUITE_P(
    Script, SmtpRefusals,
    testing::Values(
        Refusal{"Recipient",
                {{"RCPT", "550-5.1.1 the address\r\n550 5.1.1 <ana@example.com> doesn't exist"}},
                Outcome::PermanentFailure,
                "the relay refused the recipient",
                "550 5.1.1 <address> doesn't exist"},
        Refusal{"RecipientNow",
                {{"RCPT", "451 4.7.1 greylisted"}},
                Outcome::TemporaryFailure,
                "the relay doesn't take the recipient now",
                "451 4.7.1 greylisted"},
        Refusal{"Sender",
                {{"MAIL", "553 5.1.8 codes@login.example unknown"}},
                Outcome::PermanentFailure,
                "the relay refused the sender",
                "553 5.1.8 <address> unknown"},
        Refusal{"Credentials",
                {{"MAIL", "530 5.7.0 authenticate first"}},
                Outcome::TemporaryFailure,
                "the relay wants other credentials",
                "530 5.7.0 authenticate first"},
        Refusal{"Data",
                {{"DATA", "554 5.5.1 no valid recipients"}},
                Outcome::PermanentFailure,
                "the relay refused the message",
                "554 5.5.1 no valid recipients"},
        Refusal{"Message",
                {{".", "552 5.3.4 too big"}},
                Outcome::PermanentFailure,
                "the relay refused the message",
                "552 5.3.4 too big"},
        Refusal{"MessageNow",
                {{".", "452 4.3.1 disk full"}},
                Outcome::TemporaryFailure,
                "the relay doesn't take the message now",
                "452 4.3.1 disk full"},
        Refusal{"Greeting",
                {{"220", "554 5.7.1 your address is on a list"}},
                Outcome::TemporaryFailure,
                "the relay refuses to talk to us",
                "554 5.7.1 your address is on a list"},
        Refusal{"NoSmtp",
                {{"RCPT", "999 what"}},
                Outcome::TemporaryFailure,
                "the relay doesn't take the recipient now",
                "999 what"},
        Refusal{"Dropped",
                {{"RCPT", "drop"}},
                Outcome::TemporaryFailure,
                "the connection to the relay broke",
                ""},
        Refusal{"DroppedAfterData",
                {{".", "drop"}},
                Outcome::TemporaryFailure,
                "the connection broke after the whole mail was sent",
                ""},
        Refusal{"SilentGreeting",
                {{"220", ""}},
                Outcome::TemporaryFailure,
                "the relay didn't answer in time",
                ""},
        Refusal{"SilentRecipient",
                {{"RCPT", ""}},
                Outcome::TemporaryFailure,
                "the relay didn't answer in time",
                ""}),
    [](const auto& refusal) { return refusal.param.name; });

TEST(SmtpSender, WaitsForNoFarewell)
{
    // libcurl says QUIT after a refusal and at its end, and would wait two minutes for the answer.
    const auto began = std::chrono::steady_clock::now();
    ScriptedRelay refusing{{{"RCPT", "451 4.3.0 later"}, {"QUIT", ""}}};
    EXPECT_EQ(send_by(refusing).outcome, Outcome::TemporaryFailure);
    ScriptedRelay silent{{{"QUIT", ""}}};
    EXPECT_EQ(send_by(silent).outcome, Outcome::Accepted);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
}

TEST(SmtpSender, SaysWhenNobodyListens)
{
    std::uint16_t port = 0;
    {
        ScriptedRelay gone;
        port = gone.port();
    }
    const auto outcome = SmtpSender{settings_for(port)}.send(a_mail());
    EXPECT_EQ(outcome.outcome, Outcome::TemporaryFailure);
    EXPECT_EQ(outcome.reason, "can't connect to the relay");
}

TEST(SmtpSender, RefusesToGoWithoutStartTls)
{
    ScriptedRelay relay;
    auto settings = settings_for(relay.port());
    settings.security = config::Smtp::Security::StartTls;
    const auto outcome = SmtpSender{settings}.send(a_mail());
    EXPECT_EQ(outcome.outcome, Outcome::TemporaryFailure);
    EXPECT_EQ(outcome.reason, "the relay doesn't offer STARTTLS");
    for (const auto& command : relay.commands()) EXPECT_FALSE(command.starts_with("MAIL"));
}

TEST(SmtpSender, SignsIn)
{
    const std::string ehlo = "250-relay.example\r\n250 AUTH PLAIN";
    for (const auto* answer : {"235 2.7.0 welcome", "535 5.7.8 bad credentials"}) {
        ScriptedRelay relay{{{"EHLO", ehlo}, {"AUTH", answer}}};
        auto settings = settings_for(relay.port());
        settings.user = "ana";
        settings.password = Secret{"secret"};
        const auto outcome = SmtpSender{settings}.send(a_mail());
        const bool is_welcome = std::string_view{answer}.starts_with('2');
        EXPECT_EQ(outcome.outcome, is_welcome ? Outcome::Accepted : Outcome::TemporaryFailure);
        if (!is_welcome) {
            EXPECT_EQ(outcome.reason, "the relay refused the user or password");
        }
        EXPECT_TRUE(std::ranges::any_of(relay.commands(), [](const auto& command) {
            return command.starts_with("AUTH PLAIN");
        }));
    }
}

TEST(SmtpSender, RefusesAddressesThatWouldBreakCommands)
{
    ScriptedRelay relay;
    SmtpSender sender{settings_for(relay.port())};
    auto mail = a_mail();
    mail.recipient = "ana@example.com>\r\nRCPT TO:<eve@example.net";
    EXPECT_EQ(sender.send(mail).outcome, Outcome::PermanentFailure);
    EXPECT_EQ(relay.connections(), 0);
}

/// Names are judged by what they lead to when the connection is made.
TEST(SmtpSender, ConnectsNowhereThatItsGuardForbids)
{
    const outbound::Guard guard{{}};
    for (const auto* host : {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::ffff:127.0.0.1"}) {
        ScriptedRelay relay;
        auto settings = settings_for(relay.port());
        settings.host = host;

        const auto outcome = SmtpSender{settings, "snd_1", &guard}.send(a_mail());

        EXPECT_EQ(outcome.outcome, Outcome::TemporaryFailure) << host;
        EXPECT_TRUE(outcome.concerns_account) << host;
        EXPECT_EQ(relay.connections(), 0) << host;
        EXPECT_EQ(outcome.reason,
                  "the relay's address isn't public, so the server doesn't connect to it")
            << host;
    }
}

TEST(SmtpSender, ConnectsWhereTheOperatorOpened)
{
    const outbound::Guard guard{{*IpNetwork::parse("127.0.0.0/8")}};
    ScriptedRelay relay;

    const auto outcome = SmtpSender{settings_for(relay.port()), "snd_1", &guard}.send(a_mail());

    EXPECT_EQ(outcome.outcome, Outcome::Accepted) << outcome.reason;
}

/// Whom a refusal concerns decides whether the next sender is asked.
TEST(SmtpSender, TellsTheAccountsFaultsFromTheRecipients)
{
    struct Row {
        ScriptedRelay::Script script;
        bool concerns_account;
    };
    const ScriptedRelay::Script cut{{".", "drop"}};
    const std::vector<Row> rows{
        {{{"RCPT", "550 5.1.1 no such person"}}, false},
        {{{"RCPT", "550 no such person"}}, false},
        {{{"RCPT", "451 4.7.1 greylisted"}}, false},
        {{{"RCPT", "550 5.7.1 relaying denied"}}, true},
        {{{"RCPT", "554-5.7.1 on a list\r\n554 5.7.1 really"}}, true},
        {{{"RCPT", "421 4.3.2 shutting down"}}, true},
        {{{"MAIL", "553 5.1.8 unknown sender"}}, true},
        {{{"MAIL", "530 5.7.0 authenticate first"}}, true},
        {{{".", "550 5.7.1 looks like spam"}}, true},
        {{{".", "552 5.3.4 too big"}}, false},
        {{{"220", "554 5.7.1 your address is on a list"}}, true},
        {{{"RCPT", "drop"}}, true},
        {cut, true},
    };
    for (const auto& row : rows) {
        ScriptedRelay relay{row.script};
        const auto outcome = send_by(relay);
        EXPECT_EQ(outcome.concerns_account, row.concerns_account) << row.script.begin()->second;
        EXPECT_EQ(outcome.may_have_arrived, row.script == cut);
    }
}

}  // namespace
}  // namespace accessd::delivery
