#include "store_fixture.h"

#include "delivery/message_store.h"
#include "projects/retention_store.h"

namespace accessd::test {
namespace {

using delivery::Attempt;
using delivery::AttemptReport;
using delivery::Message;
using delivery::MessageFilter;
using delivery::MessageStatus;
using namespace std::chrono_literals;

/// What every MessageStore promises.
class MessageStoreContract : public StoreContract {
protected:
    /// Sends to somebody, and lets it come to this.
    access::Validation sent_and(const std::string& email, MessageStatus status)
    {
        const auto validation = sent(email);
        const auto leased = *outbox_.lease(10, 60s, clock_.now());
        for (const auto& message : leased) {
            AttemptReport report;
            report.attempt.message_id = message.id;
            report.leased_until = message.leased_until;
            report.attempt.started_at = clock_.now();
            report.attempt.duration = 12ms;
            report.attempt.sender = "smtp";
            report.attempt.outcome = status == MessageStatus::Sent
                                         ? Attempt::Outcome::Accepted
                                         : Attempt::Outcome::PermanentFailure;
            report.attempt.reason = status == MessageStatus::Sent ? "" : "the relay said no";
            report.status = status;
            EXPECT_TRUE(outbox_.report({report}, clock_.now()));
        }
        return validation;
    }
    std::vector<std::string> listed(const MessageFilter& filter)
    {
        std::vector<std::string> recipients;
        const auto page = *messages_.list(project_id_, filter, {});
        for (const auto& message : page.items) {
            recipients.push_back(message.recipient);
        }
        return recipients;
    }
    std::string insert_sample(const std::string& recipient)
    {
        Message message;
        message.id = new_id("msg_");
        message.project_id = project_id_;
        message.recipient = recipient;
        message.created_at = clock_.now();
        message.expires_at = clock_.now() + 10min;
        EXPECT_TRUE(messages_.insert_sample(message, {"subject", "text", "html"}));
        return message.id;
    }

    delivery::OutboxStore& outbox_ = stores_->outbox();
    delivery::MessageStore& messages_ = stores_->messages();
};

TEST_P(MessageStoreContract, ListsByEveryFilterAndTogether)
{
    using Names = std::vector<std::string>;
    const auto good = sent_and("good@example.com", MessageStatus::Sent);
    const auto bad = sent_and("bad@example.com", MessageStatus::Failed);
    const auto waiting = sent("waiting@example.com");

    EXPECT_EQ(listed({}), (Names{"waiting@example.com", "bad@example.com", "good@example.com"}));
    EXPECT_EQ(listed({.status = MessageStatus::Sent}), Names{"good@example.com"});
    EXPECT_EQ(listed({.status = MessageStatus::Failed}), Names{"bad@example.com"});
    EXPECT_EQ(listed({.status = MessageStatus::Queued}), Names{"waiting@example.com"});
    EXPECT_EQ(listed({.status = MessageStatus::Superseded}), Names{});
    EXPECT_EQ(listed({.recipient = "bad@example.com"}), Names{"bad@example.com"});
    EXPECT_EQ(listed({.validation_id = good.id}), Names{"good@example.com"});
    EXPECT_EQ(listed({.login_id = waiting.login_id}), Names{"waiting@example.com"});
    EXPECT_EQ(listed({.channel = contacts::Channel::Email}).size(), 3U);
    EXPECT_EQ(listed({.status = MessageStatus::Failed, .recipient = "bad@example.com"}),
              Names{"bad@example.com"});
    EXPECT_EQ(listed({.status = MessageStatus::Sent, .validation_id = bad.id}), Names{});
}

TEST_P(MessageStoreContract, ShowsAMessageToItsProjectWithItsAttempts)
{
    sent_and("bad@example.com", MessageStatus::Failed);
    const auto page = *messages_.list(project_id_, {}, {});
    const auto& message = page.items.at(0);

    const auto attempts = *messages_.attempts(message.id);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].reason, "the relay said no");
    EXPECT_EQ(attempts[0].duration, 12ms);
    EXPECT_EQ((*messages_.find(message.id, ProjectScope::all()))->recipient, "bad@example.com");
    EXPECT_FALSE(*messages_.find(message.id, ProjectScope::only({new_id("prj_")})));
    EXPECT_FALSE(*messages_.find(new_id("msg_"), ProjectScope::all()));
    EXPECT_TRUE(messages_.list(new_id("prj_"), {}, {})->items.empty());
}

TEST_P(MessageStoreContract, KeepsSamplesInTheInboxAsLongAsTheirMessage)
{
    sent("ana@example.com");
    clock_.advance(1s);
    const auto id = insert_sample("eve@example.com");

    const auto inbox = outbox_.inbox(project_id_, std::nullopt, {})->items;
    ASSERT_EQ(inbox.size(), 2U);
    EXPECT_EQ(inbox[0].id, id);
    EXPECT_EQ(inbox[0].status, MessageStatus::Delivered);
    EXPECT_EQ(outbox_.inbox(project_id_, "eve@example.com", {})->items.size(), 1U);
    EXPECT_EQ(outbox_.inbox(project_id_, "ana@example.com", {})->items.size(), 1U);
    EXPECT_EQ(messages_.samples({id, inbox[1].id})->at(id).html, "html");
    EXPECT_EQ(messages_.samples({id, inbox[1].id})->size(), 1U);
    const auto leased = *outbox_.lease(10, 60s, clock_.now());
    for (const auto& message : leased) EXPECT_NE(message.id, id);

    clock_.advance(1s);
    ASSERT_TRUE(stores_->retention().empty_inbox(project_id_, clock_.now(), 100));
    EXPECT_TRUE(outbox_.inbox(project_id_, std::nullopt, {})->items.empty());
    EXPECT_TRUE(messages_.samples({id})->empty());
}

TEST_P(MessageStoreContract, ForgetsSamplesWithTheirPerson)
{
    ASSERT_TRUE(stores_->users().insert(user("usr_1", "eve@example.com"), true));
    const auto id = insert_sample("eve@example.com");
    const auto other = insert_sample("ana@example.com");

    ASSERT_TRUE(stores_->users().erase(project_id_, "usr_1", clock_.now(), true, std::nullopt));

    EXPECT_TRUE(messages_.samples({id})->empty());
    EXPECT_EQ(messages_.samples({other})->size(), 1U);
    EXPECT_EQ(listed({}), std::vector<std::string>{"ana@example.com"});
}

INSTANTIATE_TEST_SUITE_P(Engines, MessageStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
