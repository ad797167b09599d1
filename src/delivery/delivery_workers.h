#pragma once

#include "base/clock.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/mail_route.h"
#include "delivery/outbox_store.h"
#include "delivery/template_cache.h"
#include "metrics/metrics.h"
#include "projects/project_lookup.h"

#include <memory>
#include <string>

namespace accessd::delivery {

/// Takes messages from the outbox and hands them over, trying again until their codes expire.
///
/// Test projects' messages end in the inbox, many in one write; live ones leave one by one, shared
/// among the threads, each opened and written only when its turn comes. A crash or a store that is
/// away loses nothing: leases lapse, and the messages are sent again.
class DeliveryWorkers {
public:
    struct Parts {
        OutboxStore& outbox;
        projects::ProjectLookup& projects;
        MailRoutes& routes;  ///< Where none leads, live projects' messages wait.
        const crypto::Keyring& keyring;
        metrics::Metrics& metrics;
        Clock& clock;
        std::string public_url{};             ///< Where the links in messages lead.
        TemplateLookup* templates = nullptr;  ///< Null: the built-in templates alone.
    };

    /// The gauges of the queue read `parts` at each scrape from now on.
    DeliveryWorkers(Parts parts, const config::Delivery& settings);
    ~DeliveryWorkers();
    DeliveryWorkers(const DeliveryWorkers&) = delete;
    DeliveryWorkers& operator=(const DeliveryWorkers&) = delete;

    void start();
    /// Says that a message may be waiting. Costs next to nothing. Threads: safe to call concurrently.
    void notify();
    /// Counts a message that was written straight into an inbox. Threads: safe to call concurrently.
    void count_inbox();
    /// Finishes the messages at hand, gives the leased rest back, and returns when all threads ended.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace accessd::delivery
