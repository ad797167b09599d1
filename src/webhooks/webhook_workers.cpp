#include "webhooks/webhook_workers.h"

#include "base/id.h"
#include "base/log.h"
#include "events/event_json.h"
#include "outbound/http_multi.h"
#include "webhooks/disabled_mail.h"
#include "webhooks/endpoint_queue.h"
#include "webhooks/schedule.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <thread>
#include <utility>

namespace accessd::webhooks {
namespace {

using Steady = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

constexpr int kQueuesMax = 1000;  ///< Held at a time.
constexpr int kBatch = 100;       ///< Events read at once.
constexpr std::size_t kReportMax =
    100;  ///< Results in one write: logins wait for no more than that.
constexpr auto kReportAfter = Millis{50};
constexpr auto kLookEvery = Millis{200};  ///< For queues with work.
constexpr auto kIdleLife = Millis{1000};  ///< An idle queue is held on for as long.
constexpr auto kPause = Millis{1000};     ///< After the store didn't answer.
constexpr auto kStepWait = Millis{20};
constexpr auto kFarewell = std::chrono::seconds{5};

}  // namespace

class WebhookWorkers::Impl {
public:
    Impl(Parts parts, WorkerSettings settings, outbound::HttpClientSettings http_settings)
        : parts_(std::move(parts)),
          settings_(settings),
          http_(parts_.guard, std::move(http_settings)),
          holder_(make_id("node_", parts_.clock.now(), parts_.random)),
          good_(tries_counter("delivered")),
          bad_(tries_counter("failed")),
          duration_(parts_.metrics.histogram("accessd_webhook_duration_seconds",
                                             "Time that endpoints took to answer.")),
          under_way_(parts_.metrics.gauge("accessd_webhook_requests",
                                          "Requests to endpoints that are under way.")),
          disabled_(parts_.metrics.counter("accessd_webhooks_disabled_total",
                                           "Webhooks that the server switched off."))
    {
    }

    void start()
    {
        thread_ = std::thread{[this] { run(); }};
    }

    void stop()
    {
        is_stopping_ = true;
        http_.wake();
        if (thread_.joinable()) thread_.join();
    }

    void step(Millis wait);

private:
    using Queue = std::shared_ptr<EndpointQueue>;  ///< Answers that are waited for know it, too.

    metrics::Counter& tries_counter(const char* outcome)
    {
        return parts_.metrics.counter("accessd_webhook_tries_total", "Tries to deliver an event.",
                                      {{"outcome", outcome}});
    }
    TimePoint lease_end(TimePoint now) const { return now + settings_.lease; }

    void run();
    void finish();
    void look_for_queues();
    void read(EndpointQueue& queue);
    void send(const Queue& queue);
    void start_try(const Queue& queue, DueEvent due);
    void end_try(const std::weak_ptr<EndpointQueue>& queue, DueEvent due,
                 const outbound::HttpResult& result, TimePoint started_at,
                 Steady::time_point began);
    std::vector<Secret> secrets_of(const Webhook& webhook, TimePoint now) const;
    bool is_report_due(TimePoint now) const;
    bool may_let_go(const EndpointQueue& queue, TimePoint now) const;
    void report();
    void disable(const EndpointQueue& queue);
    void warn(std::string_view what, const Error& error);
    void pause() { paused_until_ = Steady::now() + kPause; }

    const Parts parts_;
    const WorkerSettings settings_;
    std::map<std::string, Queue>
        queues_;  ///< By webhook. Before http_, whose answers look for them.
    outbound::HttpMulti http_;
    const std::string holder_;
    metrics::Counter& good_;
    metrics::Counter& bad_;
    metrics::Histogram& duration_;
    metrics::Gauge& under_way_;
    metrics::Counter& disabled_;
    std::atomic<bool> is_stopping_{false};
    Steady::time_point looked_at_{};
    Steady::time_point reported_at_{};
    Steady::time_point paused_until_{};
    Steady::time_point warned_at_{};
    std::thread thread_;
};

void WebhookWorkers::Impl::run()
{
    while (!is_stopping_) {
        try {
            step(queues_.empty() ? kLookEvery : kStepWait);
        } catch (const std::exception& exception) {
            log::error("The webhook worker failed", {{"error", exception.what()}});
            pause();
        }
    }
    try {
        finish();
    } catch (const std::exception& exception) {
        log::error("The webhook worker failed", {{"error", exception.what()}});
    }
}

/// Gives back what is held, after a moment for what is under way.
void WebhookWorkers::Impl::finish()
{
    for (auto& [id, queue] : queues_) queue->stop();
    const auto until = Steady::now() + kFarewell;
    while (http_.running() > 0 && Steady::now() < until) http_.run(kStepWait);
    paused_until_ = {};
    report();
}

void WebhookWorkers::Impl::step(Millis wait)
{
    if (Steady::now() < paused_until_) return http_.run(wait);
    if (Steady::now() - looked_at_ >= kLookEvery) look_for_queues();
    const auto now = parts_.clock.now();
    for (auto& [id, queue] : queues_) {
        if (queue->wants_more(now)) read(*queue);
        send(queue);
    }
    under_way_.set(static_cast<double>(http_.running()));
    http_.run(wait);
    if (is_report_due(parts_.clock.now())) report();
}

void WebhookWorkers::Impl::look_for_queues()
{
    looked_at_ = Steady::now();
    const int room = kQueuesMax - static_cast<int>(queues_.size());
    if (room <= 0) return;
    const auto now = parts_.clock.now();
    auto leased = parts_.queues.lease(holder_, room, lease_end(now), now);
    if (!leased) return warn("Can't look for webhooks with work", leased.error());
    for (auto& queue : *leased) {
        const auto id = queue.webhook.id;
        queues_[id] = std::make_shared<EndpointQueue>(std::move(queue), lease_end(now),
                                                      settings_.at_once_per_endpoint);
    }
}

void WebhookWorkers::Impl::read(EndpointQueue& queue)
{
    const auto& webhook = queue.webhook();
    const auto now = parts_.clock.now();
    const auto replayed = parts_.queues.expand_replays(webhook.id, kBatch, now);
    if (!replayed) return warn("Can't read a webhook's queue", replayed.error());
    auto batch = parts_.queues.next(webhook.id, webhook.project_id, queue.read_to(), kBatch, now);
    if (!batch) return warn("Can't read a webhook's queue", batch.error());
    batch->has_more = batch->has_more || *replayed;
    queue.take_in(*std::move(batch), now);
}

void WebhookWorkers::Impl::send(const Queue& queue)
{
    // Sent so late, it might outlast the lease and be sent by another node too.
    const auto now = parts_.clock.now();
    if (now + kTryTimeout + kTryTimeout > queue->leased_until()) return;
    while (http_.running() < static_cast<std::size_t>(settings_.at_once_max)) {
        auto due = queue->take_next(now);
        if (!due) return;
        if (due->event.id.empty()) {
            queue->drop(*std::move(due), now);
            continue;
        }
        start_try(queue, *std::move(due));
    }
}

std::vector<Secret> WebhookWorkers::Impl::secrets_of(const Webhook& webhook, TimePoint now) const
{
    std::vector<Secret> secrets;
    const auto add = [&](const std::string& sealed) {
        auto secret = parts_.keyring.unseal(sealed, secret_context(webhook.id));
        if (secret) secrets.push_back(*std::move(secret));
    };
    add(webhook.sealed_secret);
    const bool has_old = !webhook.sealed_old_secret.empty() && webhook.old_secret_until;
    if (has_old && now < *webhook.old_secret_until) add(webhook.sealed_old_secret);
    return secrets;
}

void WebhookWorkers::Impl::start_try(const Queue& queue, DueEvent due)
{
    const auto now = parts_.clock.now();
    const auto began = Steady::now();
    const auto secrets = secrets_of(queue->webhook(), now);
    if (secrets.empty()) {
        const outbound::HttpResult unsigned_result = tl::make_unexpected(outbound::HttpFailure{
            outbound::HttpFailureKind::Broken, "the webhook's secret can't be opened"});
        return end_try(queue, std::move(due), unsigned_result, now, began);
    }
    auto request = make_request(queue->webhook().url, secrets, due.event.id,
                                events::event_body(due.event), now);
    http_.start(std::move(request), [this, held = std::weak_ptr{queue}, due = std::move(due), now,
                                     began](const outbound::HttpResult& result) mutable {
        end_try(held, std::move(due), result, now, began);
    });
}

void WebhookWorkers::Impl::end_try(const std::weak_ptr<EndpointQueue>& queue, DueEvent due,
                                   const outbound::HttpResult& result, TimePoint started_at,
                                   Steady::time_point began)
{
    const auto took = Steady::now() - began;
    auto outcome = judge_try(result, started_at, std::chrono::duration_cast<Millis>(took));
    (outcome.is_good ? good_ : bad_).add();
    duration_.observe(std::chrono::duration<double>(took).count());
    const auto held = queue.lock();
    if (held == nullptr) return;  // Lost meanwhile: whoever holds it now sends it again.
    held->tried(std::move(due), std::move(outcome), parts_.clock.now());
}

/// Whether a queue has nothing more to do here.
bool WebhookWorkers::Impl::may_let_go(const EndpointQueue& queue, TimePoint now) const
{
    if (queue.is_under_way()) return false;
    if (queue.is_stopped() || queue.is_resting(now)) return true;
    const auto idle = queue.idle_since();
    return idle && now - *idle >= kIdleLife;
}

bool WebhookWorkers::Impl::is_report_due(TimePoint now) const
{
    if (queues_.empty()) return false;
    std::size_t results = 0;
    bool is_urgent = false;
    for (const auto& [id, queue] : queues_) {
        results += queue->result_count();
        const bool is_old = queue->leased_until() - now < settings_.lease / 2;
        is_urgent = is_urgent || is_old || may_let_go(*queue, now);
    }
    if (results >= kReportMax) return true;
    return (results > 0 || is_urgent) && Steady::now() - reported_at_ >= kReportAfter;
}

void WebhookWorkers::Impl::report()
{
    reported_at_ = Steady::now();
    const auto now = parts_.clock.now();
    std::vector<QueueReport> reports;
    std::vector<std::string> leaving;
    for (auto& [id, queue] : queues_) {
        const bool leaves = may_let_go(*queue, now) || is_stopping_;
        const bool is_old = queue->leased_until() - now < settings_.lease / 2;
        if (!leaves && !is_old && !queue->has_results()) continue;
        reports.push_back(queue->make_report(leaves ? TimePoint{} : lease_end(now)));
        if (leaves) leaving.push_back(id);
    }
    if (reports.empty()) return;
    const auto lost = parts_.queues.report(holder_, reports, now);
    if (!lost) {
        for (const auto& report : reports) queues_.at(report.webhook_id)->report_failed();
        return warn("Can't write down what webhooks answered", lost.error());
    }
    for (const auto& report : reports) queues_.at(report.webhook_id)->reported(report.leased_until);
    for (const auto& id : leaving) {
        if (!queues_.at(id)->disable_reason().empty()) disable(*queues_.at(id));
        queues_.erase(id);
    }
    for (const auto& id : *lost) queues_.erase(id);
}

void WebhookWorkers::Impl::disable(const EndpointQueue& queue)
{
    const auto& webhook = queue.webhook();
    const auto now = parts_.clock.now();
    DisableWebhook change{webhook.id, webhook.project_id, queue.disable_reason(), now};
    if (const auto setup = parts_.projects.find(webhook.project_id); setup && *setup) {
        const auto& project = (*setup)->project;
        change.test = project.is_test();
        change.mail = disabled_mail(project, webhook, change.reason, now, parts_.random);
    }
    if (const auto done = parts_.queues.disable(change); !done) {
        return warn("Can't disable a webhook; it is tried again", done.error());
    }
    disabled_.add();
    log::warn("A webhook was disabled", {{"webhook_id", webhook.id},
                                         {"project_id", webhook.project_id},
                                         {"reason", queue.disable_reason()}});
    if (change.mail && parts_.mail_queued) parts_.mail_queued();
}

void WebhookWorkers::Impl::warn(std::string_view what, const Error& error)
{
    pause();
    if (Steady::now() - warned_at_ < std::chrono::seconds{10}) return;
    warned_at_ = Steady::now();
    log::warn(what, {{"error", error.detail}});
}

WebhookWorkers::WebhookWorkers(Parts parts, WorkerSettings settings,
                               outbound::HttpClientSettings http_settings)
    : impl_(std::make_unique<Impl>(parts, settings, std::move(http_settings)))
{
    auto& waiting = parts.metrics.gauge("accessd_webhook_events_waiting",
                                        "Events that webhooks were not tried with yet.");
    auto& queued = parts.metrics.gauge("accessd_webhook_deliveries_queued",
                                       "Deliveries that wait for another try.");
    parts.metrics.before_scrape([&queues = parts.queues, &waiting, &queued] {
        const auto numbers = queues.numbers();
        if (!numbers) return;
        waiting.set(static_cast<double>(numbers->waiting_events));
        queued.set(static_cast<double>(numbers->queued_deliveries));
    });
}

WebhookWorkers::~WebhookWorkers() { stop(); }
void WebhookWorkers::start() { impl_->start(); }
void WebhookWorkers::stop() { impl_->stop(); }
void WebhookWorkers::step(std::chrono::milliseconds wait) { impl_->step(wait); }

}  // namespace accessd::webhooks
