#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "metrics/metrics.h"
#include "outbound/guard.h"
#include "outbound/http_client.h"
#include "projects/project_lookup.h"
#include "webhooks/webhook_queue_store.h"

#include <functional>
#include <memory>
#include <string>

namespace accessd::webhooks {

struct WorkerSettings {
    int at_once_max = 512;          ///< Requests under way, to all endpoints together.
    int at_once_per_endpoint = 16;  ///< Of them to one.
    std::chrono::seconds lease{60};
};

/// Sends events to webhooks, on one thread that waits for all endpoints at once: a slow one delays nobody else.
/// Queues are leased from the store; of several nodes one at a time works on each. Threads: start() and stop()
/// from one, step() from the worker's, or from a test's instead of start().
class WebhookWorkers {
public:
    struct Parts {
        WebhookQueueStore& queues;
        projects::ProjectLookup& projects;
        const crypto::Keyring& keyring;
        const outbound::Guard& guard;
        metrics::Metrics& metrics;
        Clock& clock;
        Random& random;
        std::function<void()> mail_queued{};  ///< Told that a mail waits in the outbox.
    };

    WebhookWorkers(Parts parts, WorkerSettings settings,
                   outbound::HttpClientSettings http_settings = {});
    ~WebhookWorkers();

    void start();
    /// Starts nothing new, gives what is under way a few seconds, hands back what it holds.
    void stop();

    /// One turn: looks for work, sends, takes answers in, writes them down. Waits at most as long.
    void step(std::chrono::milliseconds wait);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace accessd::webhooks
