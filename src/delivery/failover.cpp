#include "delivery/failover.h"

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

using Outcome = Attempt::Outcome;
using Ending = Round::Ending;

constexpr int kCutsMax = 2;

Try ask(MailRoute& route, const std::function<SendOutcome(MailRoute&)>& send, const Clock& clock)
{
    Try made{route.name, route.id, route.metric, clock.now(), {}, {}};
    const auto began = std::chrono::steady_clock::now();
    made.outcome = send(route);
    made.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    if (made.outcome.outcome != Outcome::Accepted && made.outcome.concerns_account) {
        route.breaker.failed(made.outcome.reason);
    } else {
        route.breaker.succeeded();
    }
    if (made.outcome.retry_after) route.breaker.hold(*made.outcome.retry_after);
    return made;
}

/// Nobody was asked, as all have failed of late: the timeline still says why the mail waits.
Try note_waiting(const MailRoute& route, const Clock& clock)
{
    Try noted{route.name, route.id, route.metric, clock.now(), {}, {}};
    noted.outcome.outcome = Outcome::TemporaryFailure;
    noted.outcome.concerns_account = true;
    noted.outcome.reason = "not tried: this sender fails at the moment";
    const auto last_error = route.breaker.health().last_error;
    if (!last_error.empty()) noted.outcome.reason += " (" + last_error + ")";
    return noted;
}

/// The state of a round while it runs.
class Going {
public:
    Going(const Clock& clock, int cuts) : clock_(clock), cuts_(cuts) {}

    /// Whether the next sender may be asked.
    bool offer(MailRoute& route, const std::function<SendOutcome(MailRoute&)>& send)
    {
        if (pass_over(route.breaker.peek())) return true;
        const auto slot = route.slots.take();
        if (!slot.is_taken()) {
            round.ending = round.tries.empty() ? Ending::Busy : Ending::Later;
            return false;
        }
        if (pass_over(route.breaker.closed_until())) return true;
        round.reopens_at.reset();  // Somebody is asked: the usual back-off holds.
        round.tries.push_back(ask(route, send, clock_));
        return judge(round.tries.back().outcome);
    }

    /// All have been asked, or passed over.
    void end(const Routes& routes)
    {
        if (round.tries.empty()) {
            round.tries.push_back(note_waiting(*routes.front(), clock_));
            round.ending = Ending::Later;
            return;
        }
        const bool is_final = !has_passed_over_ && !has_temporary_;
        round.ending = is_final ? Ending::Refused : Ending::Later;
    }

    Round round;

private:
    bool pass_over(std::optional<TimePoint> until)
    {
        if (!until) return false;
        has_passed_over_ = true;
        if (round.tries.empty()) {
            round.reopens_at = std::min(*until, round.reopens_at.value_or(*until));
        }
        return true;
    }

    bool judge(SendOutcome& outcome)
    {
        if (outcome.outcome == Outcome::Accepted) {
            round.ending = Ending::Accepted;
            return false;
        }
        if (outcome.may_have_arrived && ++cuts_ >= kCutsMax) {
            outcome.outcome = Outcome::PermanentFailure;
            outcome.reason += "; that was the second time, so it isn't sent again";
            round.ending = Ending::Refused;
            return false;
        }
        if (outcome.outcome == Outcome::PermanentFailure && !outcome.concerns_account &&
            !outcome.is_for_another) {
            round.ending = Ending::Refused;
            return false;
        }
        has_temporary_ = has_temporary_ || outcome.outcome == Outcome::TemporaryFailure;
        return true;
    }

    const Clock& clock_;
    int cuts_;
    bool has_passed_over_ = false;
    bool has_temporary_ = false;
};

}  // namespace

Round go_through(const Routes& routes, const std::function<SendOutcome(MailRoute&)>& send,
                 const Clock& clock, TimePoint deadline, int cut_before)
{
    Going going{clock, cut_before};
    for (const auto& route : routes) {
        if (!going.round.tries.empty() && clock.now() + route->timeout > deadline) {
            going.round.ending = Ending::Later;
            return std::move(going.round);
        }
        if (!going.offer(*route, send)) return std::move(going.round);
    }
    going.end(routes);
    return std::move(going.round);
}

}  // namespace accessd::delivery
