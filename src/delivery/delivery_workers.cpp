#include "delivery/delivery_workers.h"

#include "base/log.h"
#include "delivery/message_delivery.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::delivery {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kWaitMax = std::chrono::milliseconds{5000};  // Another process may add messages.
constexpr auto kWaitMin = std::chrono::milliseconds{20};    // A due message that others hold.
constexpr auto kPause = std::chrono::milliseconds{1000};    // After the store didn't answer.
constexpr auto kReportAfter = std::chrono::seconds{1};
constexpr auto kQuiet = std::chrono::seconds{10};

/// Lets a warning through once in a while. Threads: safe to call concurrently.
class Throttle {
public:
    bool may_speak()
    {
        const std::scoped_lock lock{mutex_};
        const auto now = Steady::now();
        if (spoke_ && now - *spoke_ < kQuiet) return false;
        spoke_ = now;
        return true;
    }

private:
    std::mutex mutex_;
    std::optional<Steady::time_point> spoke_;
};

/// A live message that waits for a thread.
struct Leased {
    Message message;
    TimePoint start_before;  ///< Later, sending it might outlast the lease.
    TimePoint until;
};

/// What one thread has to report, and since when.
struct Reports {
    std::vector<AttemptReport> list;
    Steady::time_point oldest;
    TimePoint first_lapse = TimePoint::max();  ///< Of the leases of these messages.

    /// `until`: the end of the message's lease.
    void add(AttemptReport report, TimePoint until)
    {
        if (list.empty()) oldest = Steady::now();
        if (list.empty()) first_lapse = TimePoint::max();
        first_lapse = std::min(first_lapse, until);
        list.push_back(std::move(report));
    }
    bool lapse_before(TimePoint time) const { return !list.empty() && first_lapse <= time; }
    bool are_due() const { return !list.empty() && Steady::now() - oldest >= kReportAfter; }
};

}  // namespace

class DeliveryWorkers::Impl {
public:
    Impl(const Parts& parts, const config::Delivery& settings)
        : parts_(parts), settings_(settings), delivery_(parts)
    {
    }

    void start();
    void notify();
    void count_inbox() { delivery_.count_inbox(); }
    void stop();

private:
    void run();
    void work(Reports& reports);
    std::optional<Leased> take();
    void defer(const Leased& leased, TimePoint until);
    std::vector<Message> poll();
    std::vector<Message> lease();
    bool has_ready();
    void wait_for_work();
    void pause();
    void report(Reports& reports);
    void release(const std::vector<Lease>& leases);
    void warn(std::string_view what, const Error& error);
    void warn_of(const Attempt& attempt);

    const Parts parts_;
    const config::Delivery settings_;
    MessageDelivery delivery_;
    std::vector<std::thread> threads_;
    std::atomic<bool> stopping_{false};
    Throttle warnings_;
    Throttle attempt_warnings_;

    /// The turn: its holder asks the store or waits for work; the others wait for the turn.
    std::mutex turn_mutex_;
    bool is_drained_ = false;  ///< The last lease took all there was. Guarded by the turn.

    std::atomic<bool> is_woken_{false};
    std::mutex wake_mutex_;
    std::condition_variable wake_;

    std::mutex ready_mutex_;
    std::deque<Leased> ready_;
};

void DeliveryWorkers::Impl::start()
{
    for (int i = 0; i < std::max(1, settings_.workers); ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

void DeliveryWorkers::Impl::notify()
{
    if (is_woken_.exchange(true)) return;  // Somebody said so, and nobody has looked since.
    {
        const std::scoped_lock lock{
            wake_mutex_};  // The waiter is either asleep or not yet checking.
    }
    wake_.notify_all();
}

void DeliveryWorkers::Impl::stop()
{
    {
        const std::scoped_lock lock{wake_mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();

    std::vector<Lease> rest;
    for (const auto& leased : ready_) rest.push_back({leased.message.id, leased.until});
    ready_.clear();
    release(rest);
}

void DeliveryWorkers::Impl::run()
{
    Reports reports;
    while (!stopping_) {
        try {
            work(reports);
        } catch (const std::exception& exception) {
            // A bug. The message at hand stays leased, so that it isn't tried again at once.
            log::error("A delivery worker failed", {{"error", exception.what()}});
            pause();
        }
    }
    try {
        report(reports);
    } catch (const std::exception& exception) {
        log::error("A delivery worker failed", {{"error", exception.what()}});
    }
}

/// One step: a live message, or a look into the outbox with the test messages found there.
void DeliveryWorkers::Impl::work(Reports& reports)
{
    if (const auto leased = take()) {
        // A try may take half a lease, and what isn't reported when its own lease lapses is sent again by others.
        if (reports.lapse_before(parts_.clock.now() +
                                 std::chrono::milliseconds{settings_.lease} * 5 / 8))
            report(reports);
        auto done = delivery_.deliver(leased->message, leased->until);
        if (done.defer_until) defer(*leased, *done.defer_until);
        for (auto& one : done.reports) {
            warn_of(one.attempt);
            reports.add(std::move(one), leased->until);
        }
        if (reports.are_due()) report(reports);
        return;
    }
    report(reports);
    for (const auto& message : poll()) {
        for (auto& one : delivery_.deliver(message, {}).reports) {
            reports.add(std::move(one), TimePoint::max());
        }
    }
    report(reports);
}

/// The next live message, if one is leased and still worth sending.
std::optional<Leased> DeliveryWorkers::Impl::take()
{
    std::optional<Leased> taken;
    std::vector<Lease> late;
    const auto now = parts_.clock.now();
    {
        const std::scoped_lock lock{ready_mutex_};
        while (!taken && !ready_.empty()) {
            auto leased = std::move(ready_.front());
            ready_.pop_front();
            if (now >= leased.until) continue;  // Somebody else's by now.
            const bool is_late = now >= leased.start_before || now >= leased.message.expires_at;
            if (is_late)  // The next lease decides about it.
                late.push_back({leased.message.id, leased.until});
            else
                taken = std::move(leased);
        }
    }
    release(late);
    return taken;
}

/// Waits for messages. Live ones become ready for all threads; returns those of test projects.
std::vector<Message> DeliveryWorkers::Impl::poll()
{
    const std::scoped_lock turn{turn_mutex_};
    if (stopping_ || has_ready()) return {};
    if (is_drained_ && !is_woken_) wait_for_work();
    if (stopping_) return {};
    return lease();
}

std::vector<Message> DeliveryWorkers::Impl::lease()
{
    is_woken_ = false;  // Before the store is asked: what comes later wakes us again.
    const auto now = parts_.clock.now();
    auto leased = parts_.outbox.lease(settings_.batch, settings_.lease, now);
    if (!leased) {
        is_drained_ = false;
        warn("Can't read the outbox", leased.error());
        pause();
        return {};
    }
    is_drained_ = leased->size() < static_cast<std::size_t>(settings_.batch);

    std::vector<Message> of_test;
    const std::scoped_lock lock{ready_mutex_};
    for (auto& message : *leased) {
        if (message.test)
            of_test.push_back(std::move(message));
        else
            ready_.push_back({std::move(message),
                              now + std::chrono::milliseconds{settings_.lease} * 3 / 8,
                              now + settings_.lease});
    }
    return of_test;
}

bool DeliveryWorkers::Impl::has_ready()
{
    const std::scoped_lock lock{ready_mutex_};
    return !ready_.empty();
}

void DeliveryWorkers::Impl::wait_for_work()
{
    auto wait = kWaitMax;
    const auto due = parts_.outbox.next_due();
    if (!due) {
        warn("Can't read the outbox", due.error());
        wait = kPause;
    } else if (*due) {
        wait =
            std::clamp<std::chrono::milliseconds>(**due - parts_.clock.now(), kWaitMin, kWaitMax);
    }
    std::unique_lock lock{wake_mutex_};
    wake_.wait_for(lock, wait, [this] { return stopping_ || is_woken_; });
}

void DeliveryWorkers::Impl::pause()
{
    std::unique_lock lock{wake_mutex_};
    wake_.wait_for(lock, kPause, [this] { return stopping_.load(); });
}

void DeliveryWorkers::Impl::report(Reports& reports)
{
    if (reports.list.empty()) return;
    const auto list = std::exchange(reports.list, {});
    if (const auto done = parts_.outbox.report(list, parts_.clock.now()); !done) {
        warn("Can't write deliveries down; they will be sent again", done.error());
        return;
    }
    const bool has_retry = std::any_of(list.begin(), list.end(), [](const AttemptReport& one) {
        return one.status == MessageStatus::Queued;
    });
    if (has_retry) notify();  // Whoever waits doesn't know of the new time yet.
}

void DeliveryWorkers::Impl::release(const std::vector<Lease>& leases)
{
    if (leases.empty()) return;
    if (const auto done = parts_.outbox.release(leases); !done) {
        warn("Can't give messages back; they wait until their leases lapse", done.error());
    }
}

/// The message waits in the store, so that others are taken from there meanwhile.
void DeliveryWorkers::Impl::defer(const Leased& leased, TimePoint until)
{
    if (const auto done = parts_.outbox.defer({{leased.message.id, leased.until}}, until); !done) {
        warn("Can't give a message back; it waits until its lease lapses", done.error());
        return;
    }
    notify();  // Whoever waits doesn't know of the new time yet.
}

void DeliveryWorkers::Impl::warn(std::string_view what, const Error& error)
{
    if (warnings_.may_speak()) log::warn(what, {{"error", error.detail}});
}

/// Temporary failures are mostly the operator's to repair; timelines tell of each one.
void DeliveryWorkers::Impl::warn_of(const Attempt& attempt)
{
    if (attempt.outcome != Attempt::Outcome::TemporaryFailure) return;
    if (!attempt_warnings_.may_speak()) return;
    log::warn("Mail can't be sent at the moment", {{"message_id", attempt.message_id},
                                                   {"sender", attempt.sender_id},
                                                   {"reason", attempt.reason},
                                                   {"answer", attempt.provider_answer}});
}

DeliveryWorkers::DeliveryWorkers(Parts parts, const config::Delivery& settings)
    : impl_(std::make_unique<Impl>(parts, settings))
{
    auto& length = parts.metrics.gauge("accessd_delivery_queue_length", "Messages that wait.");
    auto& oldest = parts.metrics.gauge("accessd_delivery_queue_oldest_seconds",
                                       "Age of the message that has waited longest.");
    parts.metrics.before_scrape([&outbox = parts.outbox, &clock = parts.clock, &length, &oldest] {
        const auto state = outbox.queue_state(clock.now());
        if (!state) return;
        length.set(static_cast<double>(state->queued));
        oldest.set(std::chrono::duration<double>(state->oldest).count());
    });
}

DeliveryWorkers::~DeliveryWorkers() { stop(); }
void DeliveryWorkers::start() { impl_->start(); }
void DeliveryWorkers::notify() { impl_->notify(); }
void DeliveryWorkers::count_inbox() { impl_->count_inbox(); }
void DeliveryWorkers::stop() { impl_->stop(); }

}  // namespace accessd::delivery
