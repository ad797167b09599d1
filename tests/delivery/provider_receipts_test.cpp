#include "delivery/provider_receipts.h"

#include "base/encoding.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "support/fakes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace accessd::test {
namespace {

using delivery::ProviderAccount;
using delivery::ProviderPost;
using delivery::Receipt;
using delivery::SenderKind;
using nlohmann::json;

class ProviderReceiptsTest : public testing::Test {
protected:
    auto read(const ProviderPost& post, const ProviderAccount& account)
    {
        return read_provider_receipts(post, account, clock_.now());
    }

    FakeClock clock_;
    FakeRandom random_;
    const std::string message_id_ = make_id("msg_", clock_.now(), random_);
    const ProviderAccount twilio_{SenderKind::Twilio, {}, {}, {{"auth_token", Secret{"12345"}}}};
    const ProviderAccount vonage_{
        SenderKind::Vonage, {}, {}, {{"signature_secret", Secret{"signs"}}}};
    const ProviderAccount whatsapp_{
        SenderKind::WhatsAppCloud, {}, {}, {{"app_secret", Secret{"meta"}}}};
};

TEST_F(ProviderReceiptsTest, TwiliosOwnExampleIsTaken)
{
    // Source: Twilio, "Webhooks security", the worked example of X-Twilio-Signature.
    ProviderPost post;
    post.url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    post.form = {{"CallSid", "CA1234567890ABCDE"},
                 {"Caller", "+14158675309"},
                 {"Digits", "1234"},
                 {"From", "+14158675309"},
                 {"To", "+18005551212"}};
    post.signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    EXPECT_TRUE(read(post, twilio_));
    post.form[2].second = "1235";
    EXPECT_EQ(read(post, twilio_).error().code, ErrorCode::InvalidCredentials);
}

TEST_F(ProviderReceiptsTest, TwiliosStatusBecomesAReceipt)
{
    ProviderPost post;
    post.url = "https://login.example.com/receipts?message=" + message_id_;
    post.message_id = message_id_;
    post.form = {{"MessageStatus", "undelivered"}, {"ErrorCode", "30003"}};
    const auto signature =
        to_base64(crypto::hmac_sha1("12345", post.url + "ErrorCode30003MessageStatusundelivered"));
    post.signature = signature;

    const auto receipts = *read(post, twilio_);

    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_EQ(receipts[0].receipt->message_id, message_id_);
    EXPECT_EQ(receipts[0].receipt->kind, Receipt::Kind::Bounced);
    EXPECT_EQ(receipts[0].receipt->reason, "the phone is switched off or out of reach");
    EXPECT_EQ(receipts[0].receipt->provider_answer, "30003 undelivered");
}

TEST_F(ProviderReceiptsTest, ASenderWithoutASecretTakesNone)
{
    const ProviderAccount none{SenderKind::Twilio, {}, {}, {}};
    ProviderPost post;
    const auto signature = to_base64(crypto::hmac_sha1("", ""));
    post.signature = signature;
    EXPECT_FALSE(read(post, none));
    const auto hub = "sha256=" + to_hex(crypto::hmac_sha256("", ""));
    post.signature = hub;
    EXPECT_FALSE(read(post, {SenderKind::WhatsAppCloud, {}, {}, {}}));
    EXPECT_FALSE(read(post, {SenderKind::Vonage, {}, {}, {}}));
}

TEST_F(ProviderReceiptsTest, VonageSignsTheBodyAndTheTime)
{
    const auto body = json{{"status", "delivered"}, {"client_ref", message_id_}}.dump();
    const auto token = [&](const std::string& secret, const std::string& text, std::int64_t at,
                           const std::string& algorithm = "HS256") {
        const auto head = to_base64url(json{{"alg", algorithm}, {"typ", "JWT"}}.dump());
        const auto claims =
            to_base64url(json{{"iat", at}, {"payload_hash", to_hex(crypto::sha256(text))}}.dump());
        const auto part = head + "." + claims;
        return "Bearer " + part + "." + to_base64url(crypto::hmac_sha256(secret, part));
    };
    const auto now = unix_seconds(clock_.now());
    const auto taken = [&](const std::string& authorization) {
        ProviderPost post;
        post.authorization = authorization;
        post.body = body;
        return read(post, vonage_).has_value();
    };
    EXPECT_TRUE(taken(token("signs", body, now)));
    EXPECT_FALSE(taken(token("guessed", body, now)));
    EXPECT_FALSE(taken(token("signs", "another body", now)));
    EXPECT_FALSE(taken(token("signs", body, now - 301)));
    EXPECT_FALSE(taken(token("signs", body, now + 301)));
    EXPECT_FALSE(taken(token("", body, now, "none")));
    EXPECT_FALSE(taken("Bearer ..")) << "nothing at all";
    EXPECT_FALSE(taken(""));
}

TEST_F(ProviderReceiptsTest, WhatsAppsStatusesAreReadOneByOne)
{
    const auto status = [&](const char* name) {
        return json{{"id", "wamid"}, {"status", name}, {"biz_opaque_callback_data", message_id_}};
    };
    auto failed = status("failed");
    failed["errors"] = json::array({json{{"code", 131026}, {"title", "Message undeliverable"}}});
    json value;
    value["statuses"] = json::array({status("sent"), status("read"), failed, json("odd")});
    json change;
    change["value"] = value;
    json entry;
    entry["changes"] = json::array({change});
    json document;
    document["entry"] = json::array({entry});
    const auto body = document.dump();
    const auto signature = "sha256=" + to_hex(crypto::hmac_sha256("meta", body));
    ProviderPost post;
    post.body = body;
    post.signature = signature;

    const auto receipts = *read(post, whatsapp_);

    ASSERT_EQ(receipts.size(), 2U);
    EXPECT_EQ(receipts[0].receipt->kind, Receipt::Kind::Delivered);
    EXPECT_EQ(receipts[1].receipt->kind, Receipt::Kind::Bounced);
    EXPECT_EQ(receipts[1].receipt->reason, "the number has no WhatsApp, or takes no such messages");
    const auto changed = body + " ";
    post.body = changed;
    EXPECT_FALSE(read(post, whatsapp_));
}

TEST_F(ProviderReceiptsTest, WhatIsOddIsPassedOver)
{
    for (const auto* body : {"{}", R"({"entry": 5})", R"({"entry": [5, {"changes": {}}]})",
                             R"({"entry": [{"changes": [5, {"value": []}]}]})"}) {
        ProviderPost post;
        const auto signature = "sha256=" + to_hex(crypto::hmac_sha256("meta", body));
        post.body = body;
        post.signature = signature;
        const auto receipts = read(post, whatsapp_);
        ASSERT_TRUE(receipts) << body;
        EXPECT_TRUE(receipts->empty()) << body;
    }
}

}  // namespace
}  // namespace accessd::test
