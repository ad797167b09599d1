#include "store_fixture.h"

#include "delivery/receipt_store.h"
#include "delivery/sender_store.h"
#include "fraud/fraud_store.h"
#include "projects/retention_store.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace accessd::test {
namespace {

using contacts::Channel;
using delivery::Attempt;
using delivery::AttemptReport;
using delivery::MessageStatus;
using namespace std::chrono_literals;

/// What stores promise of codes that go to phones.
class PhoneContract : public StoreContract {
protected:
    access::SendCode send_text(const std::string& phone, Channel channel, bool test = true,
                               const std::string& project_id = {})
    {
        auto send = send_code(phone);
        send.method = projects::Method::Phone;
        send.limit = limits::kPhoneSends;
        send.limit_key = "phone:" + phone;
        send.validation.channel = channel;
        send.test = test;
        if (!project_id.empty()) {
            send.login.project_id = send.validation.project_id = project_id;
        }
        return send;
    }
    access::UseCode use_text(const access::Validation& validation)
    {
        auto use = use_code(validation);
        use.method = projects::Method::Phone;
        return use;
    }
    void insert_live(const std::string& id)
    {
        projects::ProjectSetup setup;
        setup.project.id = id;
        setup.project.name = "Live";
        setup.project.slug = id;
        setup.project.mode = projects::Mode::Live;
        setup.project.created_at = setup.project.updated_at = clock_.now();
        ASSERT_TRUE(stores_->projects().insert(setup));
    }
    AttemptReport accepted(const delivery::Message& message)
    {
        AttemptReport report;
        report.attempt.message_id = message.id;
        report.leased_until = message.leased_until;
        report.attempt.started_at = clock_.now();
        report.attempt.sender = "Provider";
        report.attempt.sender_id = "snd_1";
        report.attempt.provider_id = "SM1";
        report.attempt.outcome = Attempt::Outcome::Accepted;
        report.status = MessageStatus::Sent;
        report.retry_at = clock_.now();
        report.fall_back_at = clock_.now() + 30s;
        return report;
    }
    std::vector<delivery::Message> lease() { return *outbox_.lease(10, 60s, clock_.now()); }
    bool receive(const std::string& message_id, delivery::Receipt::Kind kind)
    {
        return *stores_->receipts().record("snd_1", project_id_,
                                           {message_id, kind, {}, {}, clock_.now()});
    }

    const std::string phone_ = "+34600123456";
    delivery::OutboxStore& outbox_ = stores_->outbox();
};

TEST_P(PhoneContract, ServesBothWaysByOneValidation)
{
    const auto first = validations_.send(send_text(phone_, Channel::Sms))->validation;
    clock_.advance(1s);
    const auto second = validations_.send(send_text(phone_, Channel::WhatsApp))->validation;

    EXPECT_EQ(second.id, first.id);
    EXPECT_EQ(second.channel, Channel::WhatsApp);
    const auto messages = *outbox_.of_validation(project_id_, first.id);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].sealed_code, messages[1].sealed_code);
    EXPECT_EQ(messages[1].channel, Channel::WhatsApp);
    // Whoever read the row before the second send names the first channel.
    EXPECT_TRUE(validations_.use(use_text(first)));
}

TEST_P(PhoneContract, FindsAndMakesUsersByTheirNumber)
{
    const auto validation = validations_.send(send_text(phone_, Channel::Sms))->validation;
    const auto used = validations_.use(use_text(validation));

    ASSERT_TRUE(used);
    EXPECT_EQ(used->user.phone, phone_);
    EXPECT_FALSE(used->user.email);
    EXPECT_EQ(used->login.methods_done, std::vector{projects::Method::Phone});
    EXPECT_EQ((*stores_->users().find_by_phone(project_id_, phone_))->user_id, used->user.user_id);
}

TEST_P(PhoneContract, GoesToTheOtherChannelWhenNoReceiptCame)
{
    const auto validation = validations_.send(send_text(phone_, Channel::Sms))->validation;
    const auto message = lease().at(0);
    ASSERT_TRUE(outbox_.report({accepted(message)}, clock_.now()));
    EXPECT_EQ(*outbox_.next_due(), clock_.now() + 30s);
    clock_.advance(29s);
    EXPECT_TRUE(lease().empty());

    clock_.advance(1s);
    const auto fallback = lease();

    ASSERT_EQ(fallback.size(), 1U);
    EXPECT_EQ(fallback[0].channel, Channel::WhatsApp);
    EXPECT_TRUE(fallback[0].is_fallback);
    EXPECT_EQ(fallback[0].sealed_code, message.sealed_code);
    EXPECT_EQ(fallback[0].expires_at, message.expires_at);
    EXPECT_EQ((*validations_.find(validation.id, ProjectScope::all()))->channel, Channel::WhatsApp);
    clock_.advance(2min);
    EXPECT_EQ(lease().size(), 1U) << "the lease lapsed; there is no second fallback";
}

TEST_P(PhoneContract, StaysWithTheFirstChannelAfterAReceiptOrAResend)
{
    validations_.send(send_text(phone_, Channel::Sms)).value();
    const auto message = lease().at(0);
    ASSERT_TRUE(outbox_.report({accepted(message)}, clock_.now()));
    EXPECT_TRUE(receive(message.id, delivery::Receipt::Kind::Delivered));
    clock_.advance(31s);
    EXPECT_TRUE(lease().empty());

    const std::string other = "+34600123457";
    validations_.send(send_text(other, Channel::Sms)).value();
    const auto first = lease().at(0);
    ASSERT_TRUE(outbox_.report({accepted(first)}, clock_.now()));
    clock_.advance(1s);
    validations_.send(send_text(other, Channel::Sms)).value();
    clock_.advance(31s);
    const auto later = lease();
    ASSERT_EQ(later.size(), 1U);
    EXPECT_FALSE(later[0].is_fallback);
}

TEST_P(PhoneContract, GoesToTheOtherChannelAtOnceWhenTheReceiptSaysNever)
{
    validations_.send(send_text(phone_, Channel::Sms)).value();
    const auto message = lease().at(0);
    ASSERT_TRUE(outbox_.report({accepted(message)}, clock_.now()));
    clock_.advance(1s);
    EXPECT_TRUE(receive(message.id, delivery::Receipt::Kind::Bounced));

    ASSERT_EQ(lease().size(), 1U);
}

TEST_P(PhoneContract, SendsNoFallbackForACodeThatWasUsed)
{
    const auto validation = validations_.send(send_text(phone_, Channel::Sms))->validation;
    ASSERT_TRUE(outbox_.report({accepted(lease().at(0))}, clock_.now()));
    ASSERT_TRUE(validations_.use(use_text(validation)));
    clock_.advance(31s);
    EXPECT_TRUE(lease().empty());
}

TEST_P(PhoneContract, FindsAMessageByWhatItsProviderCallsIt)
{
    validations_.send(send_text(phone_, Channel::Sms)).value();
    const auto message = lease().at(0);
    ASSERT_TRUE(outbox_.report({accepted(message)}, clock_.now()));

    auto& receipts = stores_->receipts();
    EXPECT_EQ(*receipts.find_message_of("snd_1", "SM1"), message.id);
    EXPECT_FALSE(*receipts.find_message_of("snd_2", "SM1")) << "another sender's";
    EXPECT_FALSE(*receipts.find_message_of("snd_1", "SM2"));
}

TEST_P(PhoneContract, KeepsEveryFieldOfASenderAtAProvider)
{
    delivery::SenderAccount made;
    made.id = new_id("snd_");
    made.project_id = project_id_;
    made.name = "Twilio";
    made.kind = delivery::SenderKind::Twilio;
    made.channel = Channel::WhatsApp;
    made.settings = {{"account_sid", "AC1"}, {"from", "+1"}};
    made.prefixes = {"+34", "+351"};
    made.sealed_secrets = std::string{"\0sealed", 7};
    made.sealed_receipt_secret = "r";
    made.created_at = made.updated_at = clock_.now();
    ASSERT_TRUE(stores_->senders().insert(made));
    made.settings["from"] = "+2";
    ASSERT_TRUE(stores_->senders().update(made));

    const auto found = **stores_->senders().find(made.id, ProjectScope::all());

    EXPECT_EQ(found.kind, made.kind);
    EXPECT_EQ(found.channel, made.channel);
    EXPECT_EQ(found.settings, made.settings);
    EXPECT_EQ(found.prefixes, made.prefixes);
    EXPECT_EQ(found.sealed_secrets, made.sealed_secrets);
}

TEST_P(PhoneContract, StopsMessagesWhoseCodesDontComeBack)
{
    insert_live("prj_live");
    int sent = 0;
    Error refusal{ErrorCode::Internal};
    for (int i = 0; i < 60; ++i, ++sent) {
        clock_.advance(1s);
        const auto result = validations_.send(
            send_text("+3460000" + std::to_string(1000 + 7 * i), Channel::Sms, false, "prj_live"));
        if (!result) {
            refusal = result.error();
            break;
        }
    }
    EXPECT_EQ(refusal.code, ErrorCode::SendingBlocked);
    EXPECT_LE(sent, 50);
    const auto blocks = *stores_->fraud().blocks("prj_live", {});
    ASSERT_FALSE(blocks.items.empty());
    EXPECT_EQ(event_names("prj_live").back(), "security.fraud_blocked");

    auto& fraud = stores_->fraud();
    for (const auto& block : blocks.items) {
        EXPECT_EQ(fraud.end_block(block.id, ProjectScope::all(), clock_.now())->ended_at,
                  clock_.now());
    }
    EXPECT_TRUE(validations_.send(send_text("+34600009999", Channel::Sms, false, "prj_live")));
}

TEST_P(PhoneContract, CountsNothingInTestProjects)
{
    for (int i = 0; i < 60; ++i) {
        clock_.advance(1s);
        ASSERT_TRUE(
            validations_.send(send_text("+3460000" + std::to_string(1000 + i), Channel::Sms)));
    }
}

TEST_P(PhoneContract, CapsTheDaysMessagesForAllWhoAskTogether)
{
    insert_live("prj_live");
    fraud::Settings settings;
    settings.messages_per_day = 3;
    ASSERT_TRUE(stores_->fraud().put_settings("prj_live", settings));
    std::atomic<int> sent{0};
    std::vector<access::SendCode> sends;
    for (int i = 0; i < 8; ++i) {
        sends.push_back(
            send_text("+3460" + std::to_string(i) + "123456", Channel::Sms, false, "prj_live"));
    }

    together(8, [&](int i) {
        if (validations_.send(sends[static_cast<std::size_t>(i)])) ++sent;
    });

    EXPECT_EQ(sent, 3);
    EXPECT_EQ((*stores_->fraud().blocks("prj_live", {})).items.size(), 1U);
    clock_.advance(24h);
    EXPECT_TRUE(validations_.send(send_text("+34609123456", Channel::Sms, false, "prj_live")));
}

TEST_P(PhoneContract, SendsNoFallbackBeyondTheDaysCap)
{
    insert_live("prj_live");
    fraud::Settings settings;
    settings.messages_per_day = 1;
    ASSERT_TRUE(stores_->fraud().put_settings("prj_live", settings));
    ASSERT_TRUE(validations_.send(send_text(phone_, Channel::Sms, false, "prj_live")));
    ASSERT_TRUE(outbox_.report({accepted(lease().front())}, clock_.now()));
    clock_.advance(31s);

    EXPECT_TRUE(lease().empty());

    EXPECT_EQ(event_names("prj_live").back(), "security.fraud_blocked");
}

TEST_P(PhoneContract, KeepsTheGuardsSettingsByVersion)
{
    auto& fraud = stores_->fraud();
    fraud::Settings settings;
    settings.range = fraud::Mode::DryRun;
    settings.prices = {{"+34", 45'000}};
    EXPECT_EQ(*fraud.put_settings(project_id_, settings), 1);
    EXPECT_EQ(fraud.put_settings(project_id_, settings).error().code, ErrorCode::Conflict);
    const auto found = *fraud.settings(project_id_);
    EXPECT_EQ(found.range, fraud::Mode::DryRun);
    EXPECT_EQ(found.prices, settings.prices);
    EXPECT_EQ(found.version, 1);
    EXPECT_EQ(fraud.put_settings("prj_none", {}).error().code, ErrorCode::ProjectNotFound);
    EXPECT_EQ(fraud.end_block("blk_none", ProjectScope::all(), clock_.now()).error().code,
              ErrorCode::BlockNotFound);
}

TEST_P(PhoneContract, KeepsWhatTheGuardDidForAWhile)
{
    insert_live("prj_live");
    insert_live("prj_other");
    fraud::Settings settings;
    settings.messages_per_day = 1;
    settings.caps = fraud::Mode::DryRun;
    ASSERT_TRUE(stores_->fraud().put_settings("prj_live", settings));
    const auto send = [&](const std::string& phone) {
        ASSERT_TRUE(validations_.send(send_text(phone, Channel::Sms, false, "prj_live")));
        clock_.advance(1s);
    };
    send("+34600111111");
    send("+34611111111");
    auto& retention = stores_->retention();
    const auto blocks = [&] { return stores_->fraud().blocks("prj_live", {})->items.size(); };
    ASSERT_EQ(blocks(), 1U);
    const auto moment = clock_.now();
    clock_.advance(24h);
    send("+351912111111");  // Its country, range, block and day are counted anew, so they stay.

    EXPECT_EQ(*retention.remove_fraud_blocks("prj_other", moment, 10), 0);
    EXPECT_EQ(*retention.remove_fraud_counters("prj_other", moment, 10), 0);
    EXPECT_EQ(*retention.remove_fraud_blocks("prj_live", moment, 10), 1);
    EXPECT_EQ(blocks(), 0U);
    // Two blocks, two ranges, one country and one day: a few at a time.
    EXPECT_EQ(*retention.remove_fraud_counters("prj_live", moment, 4), 4);
    EXPECT_EQ(*retention.remove_fraud_counters("prj_live", moment, 4), 2);
    EXPECT_EQ(*retention.remove_fraud_counters("prj_live", moment, 4), 0);
    EXPECT_EQ(*retention.remove_fraud_counters("prj_live", clock_.now(), 10), 4);
}

INSTANTIATE_TEST_SUITE_P(Engines, PhoneContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
