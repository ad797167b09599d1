#include "webhooks/webhook_workers.h"

#include "crypto/keyring.h"
#include "projects/project_cache.h"
#include "projects/project_store.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/scripted_host.h"
#include "support/temp_folder.h"
#include "users/user_store.h"
#include "webhooks/signature.h"
#include "webhooks/webhook_store.h"

#include <gtest/gtest.h>

#include <functional>

namespace accessd::webhooks {
namespace {

using namespace std::chrono_literals;
using test::ScriptedHost;

/// A store with one test project, and workers that are driven step by step.
class WebhookWorkersTest : public testing::Test {
protected:
    WebhookWorkersTest()
    {
        projects::ProjectSetup setup;
        setup.project.id = "prj_1";
        setup.project.name = "Shop";
        setup.project.slug = "shop";
        setup.project.created_at = setup.project.updated_at = clock_.now();
        EXPECT_TRUE(stores_->projects().insert(setup));
    }

    std::string add(const std::string& url)
    {
        Webhook webhook;
        webhook.id = "wh_" + std::to_string(++count_);
        webhook.project_id = "prj_1";
        webhook.url = url;
        webhook.subscription = *Subscription::parse({"*"});
        webhook.sealed_secret =
            keyring_->seal(make_webhook_secret(random_).reveal(), secret_context(webhook.id));
        webhook.created_at = webhook.updated_at = clock_.now();
        EXPECT_TRUE(stores_->webhooks().insert(webhook));
        return webhook.id;
    }

    void happen(int times)
    {
        for (int i = 0; i < times; ++i) {
            users::User user;
            user.project_id = "prj_1";
            user.user_id = "user_" + std::to_string(++count_);
            user.created_at = user.updated_at = clock_.now();
            EXPECT_TRUE(stores_->users().insert(user, true));
        }
    }

    std::unique_ptr<WebhookWorkers> workers(const outbound::Guard& guard)
    {
        return std::make_unique<WebhookWorkers>(
            WebhookWorkers::Parts{.queues = stores_->webhook_queues(),
                                  .projects = projects_,
                                  .keyring = *keyring_,
                                  .guard = guard,
                                  .metrics = metrics_,
                                  .clock = clock_,
                                  .random = random_},
            WorkerSettings{});
    }

    /// Lets them work until something holds; the clock goes on a little with each step.
    bool work(WebhookWorkers& workers, const std::function<bool()>& until)
    {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!until() && std::chrono::steady_clock::now() < end) {
            workers.step(5ms);
            clock_.advance(5ms);
        }
        return until();
    }

    std::int64_t delivered(const std::string& webhook_id)
    {
        const auto page = stores_->webhooks().deliveries(
            webhook_id, {.status = DeliveryStatus::Delivered}, {.limit = 200});
        return static_cast<std::int64_t>(page->items.size());
    }

    test::TempFolder folder_;
    test::FakeClock clock_;
    test::FakeRandom random_;
    metrics::Metrics metrics_;
    int count_ = 0;
    std::unique_ptr<store::Stores> stores_ = *store::open(folder_.path(), clock_, random_);
    std::unique_ptr<crypto::Keyring> keyring_ = *crypto::Keyring::open(
        Secret{std::string(32, 'k')}, stores_->key_material(), clock_, random_);
    projects::ProjectCache projects_{stores_->projects(), clock_};
    outbound::Guard open_{{*IpNetwork::parse("127.0.0.0/8")}};
};

TEST_F(WebhookWorkersTest, SendEveryEventToEveryWebhook)
{
    ScriptedHost first;
    ScriptedHost second;
    const auto one = add(first.url());
    const auto two = add(second.url());
    happen(50);
    const auto sending = workers(open_);

    EXPECT_TRUE(work(*sending, [&] { return delivered(one) == 50 && delivered(two) == 50; }));

    EXPECT_EQ(first.requests().size(), 50U);
    EXPECT_EQ(second.requests().size(), 50U);
    EXPECT_LE(first.connections(), 16);
}

TEST_F(WebhookWorkersTest, GoOnWithOthersWhileOneIsSilent)
{
    ScriptedHost silent{{.answer = ""}};
    ScriptedHost quick;
    add(silent.url());
    const auto other = add(quick.url());
    happen(100);
    const auto sending = workers(open_);

    EXPECT_TRUE(work(*sending, [&] { return delivered(other) == 100; }));
}

TEST_F(WebhookWorkersTest, ConnectNowhereInside)
{
    ScriptedHost inner;
    const auto id = add("https" + inner.url("localhost").substr(4));
    happen(1);
    const outbound::Guard closed{
        {}, [](const std::string&) { return std::vector{*IpAddress::parse("93.184.216.34")}; }};
    const auto sending = workers(closed);

    EXPECT_TRUE(work(*sending, [&] {
        return stores_->webhooks()
                   .deliveries(id, {.status = DeliveryStatus::Queued}, {})
                   ->items.size() == 1;
    }));
    EXPECT_EQ(inner.connections(), 0);
    const auto row = stores_->webhooks().deliveries(id, {}, {})->items.at(0);
    EXPECT_EQ(row.last_reason,
              "the host's address isn't public, so the server doesn't connect to it");
}

TEST_F(WebhookWorkersTest, TwoOfThemShareTheWorkWithoutSendingTwice)
{
    std::vector<std::unique_ptr<ScriptedHost>> hosts;
    std::vector<std::string> ids;
    for (int i = 0; i < 6; ++i) {
        hosts.push_back(std::make_unique<ScriptedHost>());
        ids.push_back(add(hosts.back()->url()));
    }
    happen(30);
    const auto left = workers(open_);
    const auto right = workers(open_);

    EXPECT_TRUE(work(*left, [&] {
        right->step(5ms);
        for (const auto& id : ids) {
            if (delivered(id) != 30) return false;
        }
        return true;
    }));
    for (const auto& host : hosts) EXPECT_EQ(host->requests().size(), 30U);
}

TEST_F(WebhookWorkersTest, DisableAnEndpointThatIsGone)
{
    ScriptedHost gone{{.answer = "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"}};
    const auto id = add(gone.url());
    happen(3);
    const auto sending = workers(open_);

    EXPECT_TRUE(work(*sending, [&] {
        return (*stores_->webhooks().find(id, ProjectScope::all()))->status ==
               WebhookStatus::Disabled;
    }));
}

}  // namespace
}  // namespace accessd::webhooks
