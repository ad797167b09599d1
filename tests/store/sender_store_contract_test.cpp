#include "store_fixture.h"

#include "delivery/receipt_store.h"
#include "delivery/sender_store.h"
#include "projects/retention_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using delivery::Attempt;
using delivery::AttemptReport;
using delivery::MessageStatus;
using delivery::Receipt;
using namespace std::chrono_literals;

/// What every SenderStore promises.
class SenderStoreContract : public StoreContract {
protected:
    delivery::SenderAccount sender(const std::string& name = "Relay")
    {
        delivery::SenderAccount made;
        made.id = new_id("snd_");
        made.project_id = project_id_;
        made.name = name;
        made.smtp = {"smtp.example.com",  465,          config::Smtp::Security::Tls, "codes",
                     "codes@example.com", "Shop \"A\"", "help@example.com"};
        made.sealed_password = std::string{"\0sealed", 7};
        made.sealed_receipt_secret = "sealed too";
        made.created_at = made.updated_at = clock_.now();
        return made;
    }
    static Error error(const Result<void>& result) { return result.error(); }

    delivery::SenderStore& senders_ = stores_->senders();
};

TEST_P(SenderStoreContract, KeepsEveryField)
{
    auto made = sender();
    made.priority = 3;
    made.is_active = false;
    made.sealed_mailgun_key = "key";
    ASSERT_TRUE(senders_.insert(made));

    const auto found = *senders_.find(made.id, ProjectScope::all());

    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, made.name);
    EXPECT_EQ(found->priority, 3);
    EXPECT_FALSE(found->is_active);
    EXPECT_EQ(found->smtp, made.smtp);
    EXPECT_EQ(found->sealed_password, made.sealed_password);
    EXPECT_EQ(found->sealed_receipt_secret, "sealed too");
    EXPECT_EQ(found->sealed_mailgun_key, "key");
    EXPECT_EQ(found->created_at, made.created_at);
    EXPECT_EQ(found->version, 1);
}

TEST_P(SenderStoreContract, HidesASenderFromOtherProjects)
{
    insert_project("prj_2", "other");
    const auto made = sender();
    ASSERT_TRUE(senders_.insert(made));

    EXPECT_FALSE(*senders_.find(made.id, ProjectScope::only({"prj_2"})));
    EXPECT_TRUE(senders_.active("prj_2")->empty());
    EXPECT_TRUE(senders_.list("prj_2", {})->items.empty());
    EXPECT_EQ(error(senders_.remove("prj_2", made.id)).code, ErrorCode::SenderNotFound);
    auto stolen = made;
    stolen.project_id = "prj_2";
    EXPECT_EQ(error(senders_.update(stolen)).code, ErrorCode::SenderNotFound);
}

TEST_P(SenderStoreContract, ListsActiveOnesByPriority)
{
    auto last = sender("last");
    last.priority = 20;
    auto paused = sender("paused");
    paused.is_active = false;
    auto first = sender("first");
    first.priority = 1;
    for (const auto& one : {last, paused, first}) ASSERT_TRUE(senders_.insert(one));

    const auto active = *senders_.active(project_id_);

    ASSERT_EQ(active.size(), 2U);
    EXPECT_EQ(active[0].name, "first");
    EXPECT_EQ(active[1].name, "last");
}

TEST_P(SenderStoreContract, ChangesOnlyTheVersionThatWasRead)
{
    auto made = sender();
    ASSERT_TRUE(senders_.insert(made));
    ASSERT_TRUE(senders_.update(made));

    EXPECT_EQ(error(senders_.update(made)).code, ErrorCode::Conflict);
    EXPECT_EQ(error(senders_.remove(project_id_, made.id, 1)).code, ErrorCode::Conflict);
    EXPECT_TRUE(senders_.remove(project_id_, made.id, 2));
    EXPECT_EQ(error(senders_.update(made)).code, ErrorCode::SenderNotFound);
}

TEST_P(SenderStoreContract, TakesTenAtMostHoweverManyCome)
{
    std::vector<delivery::SenderAccount> many;
    for (int i = 0; i < 16; ++i) many.push_back(sender("Relay " + std::to_string(i)));
    std::atomic<int> taken{0};

    together(16, [&](int i) {
        if (senders_.insert(many[static_cast<std::size_t>(i)])) ++taken;
    });

    EXPECT_EQ(taken, delivery::SenderStore::kSendersMax);
}

TEST_P(SenderStoreContract, GoesWithItsProject)
{
    const auto made = sender();
    ASSERT_TRUE(senders_.insert(made));

    ASSERT_TRUE(stores_->projects().remove(project_id_));

    EXPECT_FALSE(*senders_.find(made.id, ProjectScope::all()));
    EXPECT_EQ(error(senders_.insert(sender())).code, ErrorCode::ProjectNotFound);
}

/// What every ReceiptStore promises.
class ReceiptStoreContract : public StoreContract {
protected:
    delivery::Message leased()
    {
        validation_ = sent("ana@example.com");
        return stores_->outbox().lease(1, 60s, clock_.now())->front();
    }
    delivery::Message handed_over(const std::string& sender_id = "snd_1")
    {
        auto message = leased();
        EXPECT_TRUE(stores_->outbox().report({accepted(message, sender_id)}, clock_.now()));
        return message;
    }
    AttemptReport accepted(const delivery::Message& message, const std::string& sender_id)
    {
        AttemptReport made;
        made.attempt.message_id = message.id;
        made.leased_until = message.leased_until;
        made.attempt.started_at = clock_.now();
        made.attempt.sender = "Relay";
        made.attempt.sender_id = sender_id;
        made.status = MessageStatus::Sent;
        return made;
    }
    bool record(const delivery::Message& message, Receipt::Kind kind,
                const std::string& sender_id = "snd_1", const std::string& project_id = "prj_1")
    {
        return *receipts_.record(sender_id, project_id,
                                 {message.id, kind, "the mail came back", "550", clock_.now()});
    }
    MessageStatus status()
    {
        return stores_->outbox().of_validation(project_id_, validation_.id)->back().status;
    }

    access::Validation validation_;
    delivery::ReceiptStore& receipts_ = stores_->receipts();
};

TEST_P(ReceiptStoreContract, DeliversOnce)
{
    const auto message = handed_over();

    EXPECT_TRUE(record(message, Receipt::Kind::Delivered));
    EXPECT_EQ(status(), MessageStatus::Delivered);
    EXPECT_EQ(event_names().back(), "otp.delivered");
    const auto events = event_names().size();
    EXPECT_FALSE(record(message, Receipt::Kind::Delivered));
    EXPECT_EQ(event_names().size(), events);
}

TEST_P(ReceiptStoreContract, LetsOneOfManyConcurrentRepetitionsWin)
{
    const auto message = handed_over();
    std::atomic<int> wins{0};

    together(8, [&](int) {
        if (record(message, Receipt::Kind::Bounced)) ++wins;
    });

    EXPECT_EQ(wins, 1);
    EXPECT_EQ(status(), MessageStatus::Failed);
}

TEST_P(ReceiptStoreContract, TakesATokenOnceWhateverItSays)
{
    const auto message = handed_over();
    Receipt receipt{message.id, Receipt::Kind::Delivered, {}, {}, clock_.now(), "token"};
    EXPECT_TRUE(*receipts_.record("snd_1", project_id_, receipt));

    receipt.kind = Receipt::Kind::Bounced;
    EXPECT_FALSE(*receipts_.record("snd_1", project_id_, receipt));
    ASSERT_TRUE(receipts_.use_token("snd_1", "opened", clock_.now()));
    receipt.token = "opened";
    EXPECT_FALSE(*receipts_.record("snd_1", project_id_, receipt));

    EXPECT_EQ(status(), MessageStatus::Delivered);
    receipt.token = "fresh";
    EXPECT_TRUE(*receipts_.record("snd_1", project_id_, receipt));
}

TEST_P(ReceiptStoreContract, LetsOneOfManyUsesOfATokenWin)
{
    for (int round = 0; round < 10; ++round) {
        clock_.advance(1min);  // There is room in the window of sends again.
        const auto message = handed_over();
        const auto token = "token-" + std::to_string(round);
        std::atomic<int> wins{0};
        together(8, [&](int i) {
            const auto kind = i % 2 == 0 ? Receipt::Kind::Delivered : Receipt::Kind::Bounced;
            const auto taken = receipts_.record("snd_1", project_id_,
                                                {message.id, kind, {}, {}, clock_.now(), token});
            if (taken && *taken) ++wins;
        });
        ASSERT_EQ(wins, 1) << "round " << round;
    }
}

TEST_P(ReceiptStoreContract, ForgetsTokensWhoseSignaturesAreGoodNoMore)
{
    for (int i = 0; i < 25; ++i) {
        ASSERT_TRUE(receipts_.use_token("snd_1", "old-" + std::to_string(i), clock_.now()));
    }
    const auto is_used = [&](const std::string& token) {
        const auto message = handed_over();
        return !*receipts_.record(
            "snd_1", project_id_,
            {message.id, Receipt::Kind::Delivered, {}, {}, clock_.now(), token});
    };
    clock_.advance(2 * delivery::kSignatureLife);
    EXPECT_TRUE(is_used("old-24"));
    clock_.advance(1ms);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(receipts_.use_token("snd_1", "new-" + std::to_string(i), clock_.now()));
    }
    EXPECT_FALSE(is_used("old-24"));
    EXPECT_TRUE(is_used("new-0"));
}

TEST_P(ReceiptStoreContract, BelievesOnlyTheSenderThatHandedItOver)
{
    const auto message = handed_over();

    EXPECT_FALSE(record(message, Receipt::Kind::Bounced, "snd_2"));
    EXPECT_FALSE(record(message, Receipt::Kind::Bounced, "snd_1", "prj_2"));
    EXPECT_FALSE(*receipts_.record("snd_1", "", {"msg_none", Receipt::Kind::Bounced, "", "", {}}));
    EXPECT_EQ(status(), MessageStatus::Sent);
    EXPECT_TRUE(receipts_.of_validation(project_id_, validation_.id)->empty());
    EXPECT_TRUE(record(message, Receipt::Kind::Bounced, "snd_1", ""));
}

TEST_P(ReceiptStoreContract, KeepsWhatFailedFailed)
{
    const auto message = handed_over();
    record(message, Receipt::Kind::Delivered);
    record(message, Receipt::Kind::Bounced);

    EXPECT_EQ(status(), MessageStatus::Failed);
    record(message, Receipt::Kind::Deferred);
    record(message, Receipt::Kind::Complained);
    EXPECT_EQ(status(), MessageStatus::Failed);
    EXPECT_EQ(receipts_.of_validation(project_id_, validation_.id)->size(), 4U);
}

/// A quick relay's receipt comes before the worker has written its try down.
TEST_P(ReceiptStoreContract, TakesAReceiptThatIsFasterThanTheReport)
{
    for (const auto kind : {Receipt::Kind::Delivered, Receipt::Kind::Bounced}) {
        const auto message = leased();

        EXPECT_TRUE(record(message, kind));
        const auto settled = status();
        ASSERT_TRUE(stores_->outbox().report({accepted(message, "snd_1")}, clock_.now()));

        EXPECT_EQ(status(), settled);
        EXPECT_NE(settled, MessageStatus::Sent);
        clock_.advance(2min);
    }
}

TEST_P(ReceiptStoreContract, ForgetsReceiptsWithTheirMessages)
{
    const auto message = handed_over();
    record(message, Receipt::Kind::Delivered);

    ASSERT_TRUE(stores_->retention().remove_messages(project_id_, clock_.now() + 1h, 10));

    EXPECT_TRUE(receipts_.of_validation(project_id_, validation_.id)->empty());
    EXPECT_FALSE(record(message, Receipt::Kind::Bounced));
}

TEST_P(ReceiptStoreContract, DefersAMessageWithoutATry)
{
    const auto message = leased();
    ASSERT_TRUE(stores_->outbox().defer({{message.id, *message.leased_until}}, clock_.now() + 2s));

    EXPECT_TRUE(stores_->outbox().lease(1, 60s, clock_.now())->empty());
    clock_.advance(2s);
    const auto again = *stores_->outbox().lease(1, 60s, clock_.now());
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempts, 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, SenderStoreContract, testing::ValuesIn(backends()), backend_name);
INSTANTIATE_TEST_SUITE_P(Engines, ReceiptStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
