#include "webhooks/endpoint_queue.h"

#include "webhooks/schedule.h"

#include <algorithm>
#include <utility>

namespace accessd::webhooks {
namespace {

/// How long what was read of a webhook is good: who changes it may see its old form used for as long.
constexpr auto kReadAgain = std::chrono::seconds{1};
/// Something new may have happened while nothing is under way.
constexpr auto kLookAgain = std::chrono::milliseconds{200};
/// An endpoint that needs longer gets less at a time, and so holds less that others need.
constexpr auto kSlow = std::chrono::seconds{5};
/// A few in a row are no blip: then one request at a time finds out whether it is back.
constexpr int kFailuresForOne = 3;

Delivery delivery_of(const DueEvent& due, const Webhook& webhook, TimePoint now)
{
    auto delivery = due.delivery;
    if (!delivery.event_id.empty()) return delivery;
    delivery.webhook_id = webhook.id;
    delivery.project_id = webhook.project_id;
    delivery.sequence = due.event.sequence;
    delivery.event_id = due.event.id;
    delivery.type = events::to_text(due.event.type);
    delivery.created_at = now;
    return delivery;
}

}  // namespace

EndpointQueue::EndpointQueue(LeasedQueue leased, TimePoint leased_until, int at_once_max)
    : webhook_(std::move(leased.webhook)),
      state_(std::move(leased.state)),
      leased_until_(leased_until),
      at_once_max_(at_once_max),
      read_to_(state_.cursor)
{
    at_once_ = state_.failures >= kFailuresForOne ? 1 : std::min(at_once_, at_once_max_);
}

bool EndpointQueue::wants_more(TimePoint now) const
{
    if (is_stopped_ || now < state_.hold_until) return false;
    const bool is_low = ready_.size() < static_cast<std::size_t>(at_once_);
    const auto again = under_way_ == 0 ? std::chrono::milliseconds{kLookAgain} : kReadAgain;
    return (is_low && has_more_) || now - read_at_ >= again;
}

void EndpointQueue::add_due(std::vector<DueEvent> events)
{
    for (auto& due : events) {
        const auto sequence =
            due.delivery.event_id.empty() ? due.event.sequence : due.delivery.sequence;
        if (!in_hand_.insert(sequence).second) continue;
        if (due.delivery.id.empty()) open_.insert(sequence);
        ready_.push_back(std::move(due));
    }
}

void EndpointQueue::take_in(QueueBatch batch, TimePoint now)
{
    read_at_ = now;
    if (!batch.webhook || batch.webhook->status != WebhookStatus::Active) {
        is_stopped_ = true;
        return;
    }
    webhook_ = *std::move(batch.webhook);
    read_to_ = std::max(read_to_, batch.read_to);
    has_more_ = batch.has_more;
    add_due(std::move(batch.due));
    add_due(std::move(batch.fresh));
    const bool is_idle = ready_.empty() && under_way_ == 0 && !has_more_;
    if (!is_idle) idle_since_.reset();
    if (is_idle && !idle_since_) idle_since_ = now;
}

std::optional<DueEvent> EndpointQueue::take_next(TimePoint now)
{
    if (is_stopped_ || ready_.empty() || under_way_ >= at_once_ || now < state_.hold_until) {
        return std::nullopt;
    }
    auto due = std::move(ready_.front());
    ready_.pop_front();
    ++under_way_;
    return due;
}

void EndpointQueue::drop(DueEvent due, TimePoint now)
{
    --under_way_;
    auto delivery = std::move(due.delivery);
    delivery.status = DeliveryStatus::Failed;
    delivery.next_try_at.reset();
    delivery.ended_at = now;
    delivery.last_reason = "the event is kept no longer";
    Try made;
    made.number = ++delivery.tries;
    made.started_at = now;
    made.reason = delivery.last_reason;
    results_.push_back({std::move(delivery), std::move(made)});
}

void EndpointQueue::count(const TryOutcome& outcome, TimePoint now, const std::string& seed)
{
    if (outcome.is_good) {
        state_.succeeded_at = now;
        state_.failures = 0;
        state_.failing_since.reset();
        state_.hold_until = {};
        const bool is_slow = outcome.made.duration >= kSlow;
        at_once_ = is_slow ? std::max(1, at_once_ / 2) : std::min(at_once_ + 1, at_once_max_);
        return;
    }
    // What was under way together fails together, and counts once.
    const bool is_first = !state_.failed_at || outcome.made.started_at >= *state_.failed_at;
    state_.failed_at = now;
    if (!state_.failing_since) state_.failing_since = now;
    if (is_first) ++state_.failures;
    at_once_ = state_.failures >= kFailuresForOne ? 1 : std::max(1, at_once_ / 2);
    const auto rest =
        std::max<std::chrono::milliseconds>(hold_after(state_.failures, seed), outcome.retry_after);
    state_.hold_until = std::max(state_.hold_until, now + rest);
    if (outcome.is_gone) {
        disable_reason_ = kGone;
    } else if (now - *state_.failing_since >= kFailingMax) {
        disable_reason_ = kFailing;
    }
    if (!disable_reason_.empty()) is_stopped_ = true;
}

void EndpointQueue::plan_retry(Delivery& delivery, const TryOutcome& outcome, TimePoint now) const
{
    delivery.next_try_at.reset();
    if (outcome.is_good) {
        delivery.status = DeliveryStatus::Delivered;
        delivery.ended_at = now;
        return;
    }
    const auto delay =
        delay_after(delivery.step, delivery.event_id + std::to_string(delivery.tries));
    if (!delay || outcome.is_gone) {
        delivery.status = DeliveryStatus::Failed;
        delivery.ended_at = now;
        return;
    }
    delivery.status = DeliveryStatus::Queued;
    delivery.next_try_at = now + std::max<std::chrono::milliseconds>(*delay, outcome.retry_after);
}

void EndpointQueue::tried(DueEvent due, TryOutcome outcome, TimePoint now)
{
    --under_way_;
    auto delivery = delivery_of(due, webhook_, outcome.made.started_at);
    ++delivery.step;
    outcome.made.number = ++delivery.tries;
    delivery.last_status = outcome.made.status;
    delivery.last_reason = outcome.made.reason;
    plan_retry(delivery, outcome, now);
    count(outcome, now, delivery.event_id);
    results_.push_back({std::move(delivery), std::move(outcome.made)});
}

std::optional<TimePoint> EndpointQueue::idle_since() const
{
    if (!ready_.empty() || under_way_ > 0 || has_more_) return std::nullopt;
    return idle_since_;
}

/// What comes before the first event that is neither delivered nor a delivery of its own.
std::int64_t EndpointQueue::cursor_without(const std::vector<TriedDelivery>& results) const
{
    std::unordered_set<std::int64_t> done;
    for (const auto& result : results) done.insert(result.delivery.sequence);
    for (const auto sequence : open_) {
        if (!done.contains(sequence)) return sequence - 1;
    }
    return read_to_;
}

QueueReport EndpointQueue::make_report(TimePoint leased_until)
{
    reporting_ = std::exchange(results_, {});
    state_.cursor = cursor_without(reporting_);
    return {webhook_.id, state_, leased_until, reporting_};
}

void EndpointQueue::reported(TimePoint leased_until)
{
    for (const auto& result : reporting_) {
        in_hand_.erase(result.delivery.sequence);
        open_.erase(result.delivery.sequence);
    }
    reporting_.clear();
    leased_until_ = leased_until;
}

void EndpointQueue::report_failed()
{
    reporting_.insert(reporting_.end(), std::make_move_iterator(results_.begin()),
                      std::make_move_iterator(results_.end()));
    results_ = std::exchange(reporting_, {});
}

}  // namespace accessd::webhooks
