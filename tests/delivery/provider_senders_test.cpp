#include "delivery/http_sender.h"
#include "delivery/provider_call.h"
#include "delivery/text_sender.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace accessd::test {
namespace {

using delivery::Attempt;
using delivery::OutgoingText;
using delivery::ProviderAccount;
using delivery::SenderKind;
using nlohmann::json;
using Outcome = Attempt::Outcome;

/// Answers as it is told, and remembers what it was asked.
class FakeHttp final : public outbound::HttpClient {
public:
    outbound::HttpResult send(const outbound::HttpRequest& request) override
    {
        asked = request;
        if (failure) return tl::unexpected(*failure);
        return answer;
    }

    outbound::HttpRequest asked;
    outbound::HttpAnswer answer;
    std::optional<outbound::HttpFailure> failure;
};

class ProviderSendersTest : public testing::Test {
protected:
    delivery::SendOutcome send(ProviderAccount account, OutgoingText text)
    {
        account.channel = text.channel;
        return delivery::make_text_sender({.account = std::move(account),
                                           .http = http_,
                                           .receipts_url = "https://login.example.com/receipts"})
            ->send(text);
    }
    delivery::SendOutcome send_sms(ProviderAccount account)
    {
        return send(std::move(account), sms());
    }
    static OutgoingText sms()
    {
        OutgoingText text;
        text.message_id = "msg_1";
        text.channel = contacts::Channel::Sms;
        text.recipient = "+34600123456";
        text.text = "123456 is your Shop code";
        text.code = "123456";
        text.language = contacts::Language::Portuguese;
        text.life = std::chrono::seconds{250};
        return text;
    }
    static OutgoingText whatsapp()
    {
        auto text = sms();
        text.channel = contacts::Channel::WhatsApp;
        return text;
    }
    static ProviderAccount twilio()
    {
        return {SenderKind::Twilio,
                {},
                {{"account_sid", "AC1"}, {"from", "+15005550006"}},
                {{"auth_token", Secret{"token"}}}};
    }
    static ProviderAccount http_account()
    {
        return {SenderKind::Http, {}, {{"url", "https://sms.example.com/send?to={{to}}"}}, {}};
    }
    void answers(int status, const std::string& body)
    {
        http_.answer.status = status;
        http_.answer.body = body;
    }
    std::string header(const std::string& name) const
    {
        for (const auto& each : http_.asked.headers) {
            if (each.name == name) return each.value;
        }
        return {};
    }

    FakeHttp http_;
};

TEST_F(ProviderSendersTest, TwilioGetsAForm)
{
    answers(201, R"({"sid": "SM1", "status": "queued"})");
    const auto outcome = send_sms(twilio());

    EXPECT_EQ(outcome.outcome, Outcome::Accepted);
    EXPECT_EQ(outcome.provider_id, "SM1");
    EXPECT_EQ(http_.asked.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
    EXPECT_EQ(header("Authorization"), "Basic QUMxOnRva2Vu");
    EXPECT_EQ(http_.asked.body,
              "To=%2B34600123456&From=%2B15005550006&Body=123456%20is%20your%20Shop%20code"
              "&ValidityPeriod=250&StatusCallback=https%3A%2F%2Flogin.example.com%2Freceipts"
              "%3Fmessage%3Dmsg_1");
}

TEST_F(ProviderSendersTest, TwilioGetsAWhatsAppTemplateByItsContent)
{
    answers(201, R"({"sid": "SM1"})");
    auto account = twilio();
    account.settings["content_sid"] = "HX1";
    send(account, whatsapp());

    EXPECT_TRUE(http_.asked.body.starts_with(
        "To=whatsapp%3A%2B34600123456&From=whatsapp%3A%2B15005550006&ContentSid=HX1"
        "&ContentVariables=%7B%221%22%3A%22123456%22%7D"))
        << http_.asked.body;
}

TEST_F(ProviderSendersTest, VonageGetsJson)
{
    answers(202, R"({"message_uuid": "u-1"})");
    const ProviderAccount account{SenderKind::Vonage,
                                  {},
                                  {{"api_key", "key"}, {"from", "SHOP"}, {"template", "login"}},
                                  {{"api_secret", Secret{"secret"}}}};
    EXPECT_EQ(send_sms(account).provider_id, "u-1");
    EXPECT_EQ(json::parse(http_.asked.body), json::parse(R"({
        "channel": "sms", "to": "34600123456", "from": "SHOP", "client_ref": "msg_1",
        "message_type": "text", "text": "123456 is your Shop code", "ttl": 250})"));

    send(account, whatsapp());
    EXPECT_EQ(json::parse(http_.asked.body), json::parse(R"({
        "channel": "whatsapp", "to": "34600123456", "from": "SHOP", "client_ref": "msg_1",
        "message_type": "custom",
        "custom": {"type": "template", "template": {
            "name": "login", "language": {"policy": "deterministic", "code": "pt_BR"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
                {"type": "button", "sub_type": "url", "index": "0",
                 "parameters": [{"type": "text", "text": "123456"}]}]}}})"));
}

TEST_F(ProviderSendersTest, WhatsAppGetsAnAuthenticationTemplate)
{
    answers(200, R"({"messages": [{"id": "wamid.1"}]})");
    const ProviderAccount account{SenderKind::WhatsAppCloud,
                                  {},
                                  {{"phone_number_id", "77"}, {"template", "login"}},
                                  {{"access_token", Secret{"EAA"}}}};
    EXPECT_EQ(send(account, whatsapp()).provider_id, "wamid.1");
    EXPECT_EQ(http_.asked.url, "https://graph.facebook.com/v21.0/77/messages");
    EXPECT_EQ(header("Authorization"), "Bearer EAA");
    EXPECT_EQ(json::parse(http_.asked.body), json::parse(R"({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+34600123456",
        "type": "template", "biz_opaque_callback_data": "msg_1",
        "template": {"name": "login", "language": {"code": "pt_BR"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
            {"type": "button", "sub_type": "url", "index": "0",
             "parameters": [{"type": "text", "text": "123456"}]}]}})"));
}

TEST_F(ProviderSendersTest, AnythingElseGetsWhatItsPlacesSay)
{
    answers(200, R"({"result": {"ok": true, "id": 5}})");
    auto account = http_account();
    account.settings["body"] = R"({"n": "{{to_digits}}", "list": [{"t": "{{text}}"}], "k": 1})";
    account.settings["success_pointer"] = "/result/ok";
    account.settings["success_value"] = "true";
    account.settings["id_pointer"] = "/result/id";
    account.secrets["headers"] = Secret{R"({"X-Key": "k"})"};
    auto text = sms();
    text.text = R"(say "{{code}}" & go)";
    EXPECT_EQ(send(account, text).provider_id, "5");
    EXPECT_EQ(http_.asked.url, "https://sms.example.com/send?to=%2B34600123456");
    EXPECT_EQ(header("Idempotency-Key"), "msg_1");
    EXPECT_EQ(header("X-Key"), "k");
    EXPECT_EQ(
        json::parse(http_.asked.body),
        json::parse(R"({"n": "34600123456", "list": [{"t": "say \"{{code}}\" & go"}], "k": 1})"))
        << "a value that looks like a place stays what it is";

    answers(200, R"({"result": {"ok": false}})");
    EXPECT_EQ(send(account, text).outcome, Outcome::PermanentFailure);
    EXPECT_TRUE(send(account, text).is_for_another);
}

TEST_F(ProviderSendersTest, AFormKeepsItsFields)
{
    answers(200, "OK");
    auto account = http_account();
    account.settings["body"] = R"({"text": "{{text}}", "to": "{{to}}"})";
    account.settings["content"] = "form";
    auto text = sms();
    text.text = "a&b=c";
    send(account, text);
    EXPECT_EQ(http_.asked.body, "text=a%26b%3Dc&to=%2B34600123456");
}

TEST_F(ProviderSendersTest, CodesDecideWhoIsAtFault)
{
    struct Row {
        int status;
        std::string code;
        Outcome outcome;
        bool concerns_account;
        bool is_for_another;
    };
    for (const auto& row : {Row{400, "21211", Outcome::PermanentFailure, false, false},
                            Row{400, "21408", Outcome::PermanentFailure, false, true},
                            Row{401, "20003", Outcome::PermanentFailure, true, false},
                            Row{429, "20429", Outcome::TemporaryFailure, true, false},
                            Row{400, "99999", Outcome::PermanentFailure, false, true},
                            Row{403, "99999", Outcome::PermanentFailure, true, false},
                            Row{500, "", Outcome::TemporaryFailure, true, false}}) {
        answers(row.status, R"({"code": )" + (row.code.empty() ? "null" : row.code) +
                                R"(, "message": "The number +34600123456 and 123456 ..."})");
        const auto outcome = send_sms(twilio());
        EXPECT_EQ(outcome.outcome, row.outcome) << row.code;
        EXPECT_EQ(outcome.concerns_account, row.concerns_account) << row.code;
        EXPECT_EQ(outcome.is_for_another, row.is_for_another) << row.code;
        EXPECT_EQ(outcome.provider_answer.find("34600123456"), std::string::npos);
        EXPECT_EQ(outcome.provider_answer.find("123456"), std::string::npos) << "codes too";
        EXPECT_FALSE(outcome.reason.empty());
    }
}

TEST_F(ProviderSendersTest, AWishToWaitIsPassedOn)
{
    answers(429, "{}");
    http_.answer.headers = {{"Retry-After", "7"}};
    EXPECT_EQ(send_sms(twilio()).retry_after, std::chrono::seconds{7});
    http_.answer.headers = {{"Retry-After", "999999999"}};
    EXPECT_EQ(send_sms(twilio()).retry_after, std::chrono::seconds{600});
    http_.answer.headers = {{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}};
    EXPECT_FALSE(send_sms(twilio()).retry_after);
}

TEST_F(ProviderSendersTest, ASuccessThatCantBeReadIsNotSentAgain)
{
    for (const auto* body : {"", "{", "[]", "null", "<html>"}) {
        answers(201, body);
        EXPECT_EQ(send_sms(twilio()).outcome, Outcome::Accepted) << body;
    }
}

TEST_F(ProviderSendersTest, AnAnswerIsNoLongerOrDeeperThanItsUse)
{
    // Written down level by level, it took megabytes of a thread's stack.
    auto account = http_account();
    account.settings["id_pointer"] = "/id";
    const std::size_t levels = 30'000;
    answers(200, R"({"id": )" + std::string(levels, '[') + std::string(levels, ']') + "}");
    EXPECT_EQ(send_sms(account).outcome, Outcome::Accepted);
    EXPECT_EQ(send_sms(account).provider_id, "");

    answers(201, R"({"sid": ")" + std::string(300, 'S') + R"("})");
    EXPECT_EQ(send_sms(twilio()).provider_id, "");
    answers(400, R"({"code": "+34600123456", "message": "no +34600123456"})");
    EXPECT_EQ(send_sms(twilio()).provider_answer, "+<digits> no +<digits>");
    answers(202, R"({"message_uuid": "for ana@example.com\n"})");
    const auto vonage = send_sms({SenderKind::Vonage, {}, {}, {}});
    EXPECT_EQ(vonage.provider_answer, "for <address>");
}

TEST_F(ProviderSendersTest, OnlyWhatMayHaveGoneOutCountsAsArrived)
{
    using Kind = outbound::HttpFailureKind;
    for (const auto kind : {Kind::NotResolved, Kind::NotConnected, Kind::TlsRefused}) {
        http_.failure = outbound::HttpFailure{kind, "no way"};
        EXPECT_FALSE(send_sms(twilio()).may_have_arrived);
        EXPECT_EQ(send_sms(twilio()).outcome, Outcome::TemporaryFailure);
    }
    for (const auto kind : {Kind::TimedOut, Kind::Broken}) {
        http_.failure = outbound::HttpFailure{kind, "no answer"};
        EXPECT_TRUE(send_sms(twilio()).may_have_arrived);
    }
    http_.failure = outbound::HttpFailure{Kind::NotAllowed, "inner address"};
    EXPECT_EQ(send_sms(twilio()).outcome, Outcome::PermanentFailure);
}

TEST(HttpPlaces, AreKnownOrRefused)
{
    EXPECT_FALSE(delivery::find_unknown_place("a {{to}} b {{code}}"));
    EXPECT_TRUE(delivery::find_unknown_place("{{nonsense}}"));
    EXPECT_TRUE(delivery::find_unknown_place("{{to"));
    EXPECT_TRUE(delivery::find_unknown_place("{{ to }}"));
}

}  // namespace
}  // namespace accessd::test
