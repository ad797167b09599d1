#include "store_fixture.h"

#include "projects/retention_store.h"
#include "webhooks/webhook_queue_store.h"
#include "webhooks/webhook_store.h"

#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using webhooks::DeliveryStatus;
using webhooks::QueueReport;
using webhooks::TriedDelivery;
using webhooks::Webhook;
using webhooks::WebhookStatus;

/// What every WebhookStore and WebhookQueueStore promise.
class WebhookStoreContract : public StoreContract {
protected:
    Webhook webhook(const std::vector<std::string>& types = {"*"})
    {
        Webhook made;
        made.id = new_id("wh_");
        made.project_id = project_id_;
        made.url = "https://shop.example/hooks";
        made.subscription = *webhooks::Subscription::parse(types);
        made.sealed_secret = std::string{"\0sealed", 7};
        made.created_at = made.updated_at = clock_.now();
        return made;
    }
    Webhook inserted(const std::vector<std::string>& types = {"*"})
    {
        auto made = webhook(types);
        EXPECT_TRUE(webhooks_.insert(made));
        return made;
    }
    /// Something happens: one event of the type user.created.
    std::string happens(const std::string& name)
    {
        EXPECT_TRUE(stores_->users().insert(user(name, name + "@example.com"), true));
        return name;
    }
    std::vector<webhooks::LeasedQueue> lease(const std::string& holder = "node_1")
    {
        return *queues_.lease(holder, 10, clock_.now() + 60s, clock_.now());
    }
    webhooks::QueueBatch next(const Webhook& hook, std::int64_t after = 0, int limit = 100)
    {
        return *queues_.next(hook.id, hook.project_id, after, limit, clock_.now());
    }
    TriedDelivery tried(const Webhook& hook, const webhooks::DueEvent& due, bool is_good)
    {
        TriedDelivery made;
        auto& delivery = made.delivery;
        delivery = due.delivery;
        delivery.webhook_id = hook.id;
        delivery.project_id = hook.project_id;
        delivery.sequence = due.event.sequence;
        delivery.event_id = due.event.id;
        delivery.type = events::to_text(due.event.type);
        delivery.status = is_good ? DeliveryStatus::Delivered : DeliveryStatus::Queued;
        delivery.created_at = clock_.now();
        made.made.number = ++delivery.tries;
        ++delivery.step;
        made.made.started_at = clock_.now();
        made.made.answer = "ok";
        if (is_good) delivery.ended_at = clock_.now();
        if (!is_good) delivery.next_try_at = clock_.now() + 5s;
        return made;
    }
    QueueReport report(const Webhook& hook, std::int64_t cursor, std::vector<TriedDelivery> list)
    {
        QueueReport made;
        made.webhook_id = hook.id;
        made.state.cursor = cursor;
        made.leased_until = clock_.now() + 60s;
        made.tried = std::move(list);
        return made;
    }
    std::vector<std::string> sent(const QueueReport& one, const std::string& holder = "node_1")
    {
        return *queues_.report(holder, {one}, clock_.now());
    }
    std::vector<webhooks::Delivery> deliveries(const Webhook& hook)
    {
        return webhooks_.deliveries(hook.id, {}, {})->items;
    }

    webhooks::WebhookStore& webhooks_ = stores_->webhooks();
    webhooks::WebhookQueueStore& queues_ = stores_->webhook_queues();
};

TEST_P(WebhookStoreContract, KeepsEveryField)
{
    auto made = webhook({"user.created", "login.failed"});
    made.description = "Shop";
    made.status = WebhookStatus::Paused;
    made.sealed_old_secret = "old";
    made.old_secret_until = clock_.now() + 24h;
    ASSERT_TRUE(webhooks_.insert(made));

    const auto found = *webhooks_.find(made.id, ProjectScope::all());

    ASSERT_TRUE(found);
    EXPECT_EQ(found->url, made.url);
    EXPECT_EQ(found->subscription.text(), "user.created login.failed");
    EXPECT_EQ(found->description, "Shop");
    EXPECT_EQ(found->status, WebhookStatus::Paused);
    EXPECT_EQ(found->sealed_secret, made.sealed_secret);
    EXPECT_EQ(found->sealed_old_secret, "old");
    EXPECT_EQ(found->old_secret_until, made.old_secret_until);
    EXPECT_EQ(found->version, 1);
}

TEST_P(WebhookStoreContract, HidesAWebhookFromOtherProjects)
{
    insert_project("prj_2", "other");
    const auto made = inserted();

    EXPECT_FALSE(*webhooks_.find(made.id, ProjectScope::only({"prj_2"})));
    EXPECT_TRUE(webhooks_.list("prj_2", {})->items.empty());
    EXPECT_EQ(webhooks_.remove("prj_2", made.id).error().code, ErrorCode::WebhookNotFound);
    auto stolen = made;
    stolen.project_id = "prj_2";
    EXPECT_EQ(webhooks_.update(stolen).error().code, ErrorCode::WebhookNotFound);
}

TEST_P(WebhookStoreContract, ChangesOnlyTheVersionThatWasRead)
{
    const auto made = inserted();
    ASSERT_TRUE(webhooks_.update(made));

    EXPECT_EQ(webhooks_.update(made).error().code, ErrorCode::Conflict);
    EXPECT_EQ(webhooks_.remove(project_id_, made.id, 1).error().code, ErrorCode::Conflict);
    EXPECT_TRUE(webhooks_.remove(project_id_, made.id, 2));
    EXPECT_FALSE(*webhooks_.find(made.id, ProjectScope::all()));
}

TEST_P(WebhookStoreContract, TakesTwentyAtMostHoweverManyCome)
{
    std::vector<Webhook> many;
    for (int i = 0; i < 30; ++i) many.push_back(webhook());
    std::atomic<int> taken{0};

    together(10, [&](int i) {
        for (int n = 0; n < 3; ++n) {
            if (webhooks_.insert(many[static_cast<std::size_t>(i * 3 + n)])) ++taken;
        }
    });

    EXPECT_EQ(taken, webhooks::WebhookStore::kWebhooksMax);
}

TEST_P(WebhookStoreContract, GivesAQueueToOneOfMany)
{
    const auto made = inserted();
    EXPECT_TRUE(lease().empty()) << "nothing has happened";
    happens("ana");

    for (int round = 0; round < 40; ++round) {
        std::atomic<int> got{0};
        together(8, [&](int i) {
            const auto leased =
                queues_.lease("node_" + std::to_string(i), 10, clock_.now() + 60s, clock_.now());
            got += static_cast<int>(leased->size());
        });
        ASSERT_EQ(got, 1) << "round " << round;
        EXPECT_TRUE(lease().empty());
        clock_.advance(60s);
    }
    EXPECT_EQ(lease("node_9").size(), 1U) << "the lease has lapsed";
}

TEST_P(WebhookStoreContract, StartsWithWhatHappensFromThenOn)
{
    happens("before");
    const auto made = inserted({"user.created"});
    happens("after");

    ASSERT_EQ(lease().size(), 1U);
    const auto batch = next(made, 1);

    ASSERT_EQ(batch.fresh.size(), 1U);
    EXPECT_EQ(batch.fresh[0].event.user_id, "after");
    EXPECT_EQ(batch.read_to, 2);
}

TEST_P(WebhookStoreContract, PassesOverWhatWasNotAskedFor)
{
    const auto made = inserted({"login.completed"});
    happens("ana");

    const auto batch = next(made);

    EXPECT_TRUE(batch.fresh.empty());
    EXPECT_EQ(batch.read_to, 1);
    EXPECT_FALSE(batch.has_more);
}

TEST_P(WebhookStoreContract, WritesDownTriesAndGivesWhatFailedAgainWhenItIsDue)
{
    const auto made = inserted();
    happens("ana");
    happens("ben");
    ASSERT_EQ(lease().size(), 1U);
    auto batch = next(made);
    ASSERT_EQ(batch.fresh.size(), 2U);
    EXPECT_TRUE(
        sent(report(made, 2,
                    {tried(made, batch.fresh[0], true), tried(made, batch.fresh[1], false)}))
            .empty());

    auto rows = deliveries(made);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].status, DeliveryStatus::Queued);  // The newest event first.
    EXPECT_EQ(rows[1].status, DeliveryStatus::Delivered);
    EXPECT_EQ(webhooks_.tries_of(rows[0].id)->size(), 1U);
    EXPECT_TRUE(next(made, 2).due.empty());

    clock_.advance(5s);
    batch = next(made, 2);
    ASSERT_EQ(batch.due.size(), 1U);
    EXPECT_EQ(batch.due[0].event.user_id, "ben");
    EXPECT_EQ(batch.due[0].delivery.id, rows[0].id);
    sent(report(made, 2, {tried(made, batch.due[0], true)}));
    EXPECT_EQ(deliveries(made)[0].status, DeliveryStatus::Delivered);
    EXPECT_EQ(webhooks_.tries_of(rows[0].id)->size(), 2U);
}

TEST_P(WebhookStoreContract, LeavesOutEventsThatAreDeliveriesAlready)
{
    const auto made = inserted();
    happens("ana");
    happens("ben");
    lease();
    const auto batch = next(made);
    sent(report(made, 0, {tried(made, batch.fresh[1], true)}));

    const auto again = next(made, 0);

    ASSERT_EQ(again.fresh.size(), 1U);
    EXPECT_EQ(again.fresh[0].event.user_id, "ana");
}

TEST_P(WebhookStoreContract, TakesNoReportOfWhoHoldsItNoLonger)
{
    const auto made = inserted();
    happens("ana");
    lease("node_1");
    const auto batch = next(made);
    clock_.advance(61s);
    ASSERT_EQ(lease("node_2").size(), 1U);

    const auto lost = sent(report(made, 1, {tried(made, batch.fresh[0], true)}), "node_1");

    EXPECT_EQ(lost, std::vector<std::string>{made.id});
    EXPECT_TRUE(deliveries(made).empty());
}

TEST_P(WebhookStoreContract, LeasesAgainOnlyWhatHasWork)
{
    const auto made = inserted();
    happens("ana");
    lease();
    auto done = report(made, 1, {tried(made, next(made).fresh[0], false)});
    done.leased_until = {};
    sent(done);

    EXPECT_TRUE(lease().empty()) << "its next try is in 5 s";
    clock_.advance(5s);
    EXPECT_EQ(lease().size(), 1U);
}

TEST_P(WebhookStoreContract, HoldsBackWhoFailed)
{
    const auto made = inserted();
    happens("ana");
    lease();
    auto resting = report(made, 0, {});
    resting.leased_until = {};
    resting.state.hold_until = clock_.now() + 10s;
    resting.state.failing_since = clock_.now();
    sent(resting);

    EXPECT_TRUE(lease().empty());
    EXPECT_TRUE((*webhooks_.find(made.id, ProjectScope::all()))->health.failing_since);
    clock_.advance(10s);
    EXPECT_EQ(lease().size(), 1U);
}

TEST_P(WebhookStoreContract, SendsADeliveryAgain)
{
    const auto made = inserted();
    happens("ana");
    lease();
    sent(report(made, 1, {tried(made, next(made).fresh[0], true)}));
    const auto row = deliveries(made).at(0);

    ASSERT_TRUE(webhooks_.redeliver(row.id, clock_.now()));

    const auto batch = next(made, 1);
    ASSERT_EQ(batch.due.size(), 1U);
    EXPECT_EQ(batch.due[0].delivery.step, 0);
    EXPECT_EQ(batch.due[0].delivery.tries, 1);
    EXPECT_EQ(webhooks_.redeliver("dlv_none", clock_.now()).error().code,
              ErrorCode::DeliveryNotFound);
}

TEST_P(WebhookStoreContract, SendsARangeAgainPieceByPiece)
{
    happens("early");
    clock_.advance(1h);
    const auto made = inserted({"user.created"});
    for (const auto* name : {"a", "b", "c"}) happens(name);
    lease();
    const auto batch = next(made, 1);
    std::vector<TriedDelivery> all;
    for (const auto& due : batch.fresh) all.push_back(tried(made, due, true));
    sent(report(made, 4, all));
    webhooks::Replay replay{new_id("rpl_"),    made.id,           project_id_,
                            clock_.now() - 2h, clock_.now() + 1h, made.subscription};

    EXPECT_EQ(*webhooks_.replay(replay), 4);
    EXPECT_TRUE(*queues_.expand_replays(made.id, 3, clock_.now()));
    EXPECT_EQ(next(made, 4).due.size(), 3U) << "one that was never sent is among them";
    EXPECT_FALSE(*queues_.expand_replays(made.id, 3, clock_.now()));
    EXPECT_EQ(next(made, 4).due.size(), 4U);

    replay.id = new_id("rpl_");
    replay.to = clock_.now() - 90min;
    EXPECT_EQ(*webhooks_.replay(replay), 0) << "nothing lies in it";
    replay.webhook_id = "wh_none";
    EXPECT_EQ(webhooks_.replay(replay).error().code, ErrorCode::WebhookNotFound);
}

TEST_P(WebhookStoreContract, SwitchesOffOnceWithEventAndMail)
{
    const auto made = inserted();
    happens("ana");
    lease();
    sent(report(made, 1, {tried(made, next(made).fresh[0], false)}));
    webhooks::DisableWebhook change{made.id, project_id_, std::string{webhooks::kGone},
                                    clock_.now()};
    delivery::Message mail;
    mail.id = new_id("msg_");
    mail.project_id = project_id_;
    mail.kind = delivery::MessageKind::WebhookDisabled;
    mail.recipient = "ops@example.com";
    mail.metadata = "{}";
    mail.created_at = mail.next_attempt_at = clock_.now();
    mail.expires_at = clock_.now() + 24h;
    change.mail = mail;

    ASSERT_TRUE(queues_.disable(change));
    ASSERT_TRUE(queues_.disable(change)) << "a second time changes nothing";

    const auto found = *webhooks_.find(made.id, ProjectScope::all());
    EXPECT_EQ(found->status, WebhookStatus::Disabled);
    EXPECT_EQ(found->disabled_reason, webhooks::kGone);
    EXPECT_EQ(deliveries(made).at(0).status, DeliveryStatus::Failed);
    EXPECT_EQ(event_names().back(), "webhook.disabled");
    EXPECT_EQ(event_names().size(), 2U);
    EXPECT_EQ(stores_->events().after(project_id_, 1, 1)->at(0).subject_id, made.id);
    const auto mails = *stores_->outbox().lease(10, 60s, clock_.now());
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].kind, delivery::MessageKind::WebhookDisabled);

    clock_.advance(61s);
    EXPECT_TRUE(lease().empty());
    auto again = *found;
    again.status = WebhookStatus::Active;
    ASSERT_TRUE(webhooks_.update(again));
    EXPECT_TRUE(lease().empty()) << "it begins anew with what happens from now on";
}

TEST_P(WebhookStoreContract, LosesItsPlaceToAReplayOfTheSameEvent)
{
    const auto made = inserted();
    happens("ana");
    lease();
    const auto batch = next(made);  // Under way while somebody asks for it once more.
    ASSERT_TRUE(webhooks_.replay({new_id("rpl_"), made.id, project_id_, clock_.now() - 1h,
                                  clock_.now() + 1h, made.subscription}));
    ASSERT_TRUE(queues_.expand_replays(made.id, 10, clock_.now()));

    EXPECT_TRUE(sent(report(made, 1, {tried(made, batch.fresh[0], true)})).empty());

    ASSERT_EQ(deliveries(made).size(), 1U);
    EXPECT_EQ(next(made, 1).due.size(), 1U);
}

TEST_P(WebhookStoreContract, GoesWithItsProjectAndItsTime)
{
    const auto made = inserted();
    happens("ana");
    lease();
    sent(report(made, 1, {tried(made, next(made).fresh[0], true)}));
    const auto row = deliveries(made).at(0);
    EXPECT_EQ(*stores_->retention().remove_webhook_deliveries(project_id_, clock_.now() - 1h, 10),
              0);
    EXPECT_EQ(*stores_->retention().remove_webhook_deliveries(project_id_, clock_.now() + 1h, 10),
              1);
    EXPECT_TRUE(deliveries(made).empty());
    EXPECT_TRUE(webhooks_.tries_of(row.id)->empty());

    ASSERT_TRUE(stores_->projects().remove(project_id_));
    EXPECT_FALSE(*webhooks_.find(made.id, ProjectScope::all()));
    EXPECT_TRUE(lease().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, WebhookStoreContract, testing::ValuesIn(backends()),
                         backend_name);

}  // namespace
}  // namespace accessd::test
