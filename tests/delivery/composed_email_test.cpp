#include "delivery/composed_email.h"

#include "delivery/delivery_fakes.h"

#include <gtest/gtest.h>

namespace accessd::delivery {
namespace {

using contacts::Language;
using std::chrono::minutes;

class ComposedEmailTest : public testing::Test {
protected:
    ComposedEmailTest() { project_.name = "Cafe <Ana>"; }

    Message code_message(const std::string& sealed_text)
    {
        Message message;
        message.id = "msg_1";
        message.validation_id = "val_1";
        message.sealed_code = keys_.keyring->seal(sealed_text, code_context("val_1"));
        return message;
    }
    Result<ComposedEmail> compose(const Message& message)
    {
        return compose_email(message, project_, *keys_.keyring, "https://login.example",
                             minutes{10});
    }

    test::FakeClock clock_;
    test::MemoryKeyring keys_{clock_};
    projects::Project project_;
};

TEST_F(ComposedEmailTest, ReadsABareCodeAsOlderVersionsSealedIt)
{
    const auto mail = compose(code_message("123456"));

    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->otp, "123456");
    EXPECT_EQ(mail->link, "");
    EXPECT_EQ(mail->words.html.find("<a "), std::string::npos);
}

TEST_F(ComposedEmailTest, CarriesALinkBesideTheCode)
{
    const auto mail = compose(code_message(to_sealed_text("123456", "token")));

    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->otp, "123456");
    EXPECT_EQ(mail->link, "https://login.example/login/link/token");
    EXPECT_NE(mail->words.text.find("\n" + mail->link + "\n"), std::string::npos);
    EXPECT_NE(mail->words.html.find("href=\"" + mail->link + "\""), std::string::npos);
    EXPECT_EQ(mail->words.subject, "123456 is your Cafe <Ana> code");
}

TEST_F(ComposedEmailTest, TellsOfALockInEachLanguage)
{
    auto message = code_message("");
    message.kind = MessageKind::Unlock;
    message.sealed_code = keys_.keyring->seal("token", unlock_context("msg_1"));
    for (const auto language : {Language::English, Language::Spanish, Language::Portuguese}) {
        message.language = language;
        const auto mail = compose(message);

        ASSERT_TRUE(mail);
        EXPECT_EQ(mail->otp, "");
        EXPECT_EQ(mail->link, "https://login.example/login/unlock/token");
        EXPECT_NE(mail->words.text.find("\n" + mail->link + "\n"), std::string::npos);
        EXPECT_NE(mail->words.html.find("Cafe &lt;Ana&gt;"), std::string::npos);
        EXPECT_EQ(mail->words.html.find("{{"), std::string::npos);
        EXPECT_EQ(mail->words.html.find("<Ana>"), std::string::npos);
    }
}

TEST_F(ComposedEmailTest, OpensNothingInAnothersPlace)
{
    auto message = code_message("123456");
    message.validation_id = "val_2";
    EXPECT_FALSE(compose(message));
    message.kind = MessageKind::Unlock;
    message.sealed_code = keys_.keyring->seal("token", unlock_context("msg_2"));
    EXPECT_FALSE(compose(message));
}

}  // namespace
}  // namespace accessd::delivery
