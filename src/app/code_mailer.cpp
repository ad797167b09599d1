#include "app/code_mailer.h"

#include "base/log.h"
#include "delivery/failover.h"
#include "delivery/sign_in_email.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace accessd::app {
namespace {

constexpr auto kPause = std::chrono::seconds{20};  ///< Greylisting relays want a moment.
constexpr auto kTimeMax = std::chrono::seconds{60};
constexpr int kTriesMax = 10;
/// The name behind the From address: there is no project whose it could be.
constexpr auto kFromName = "accessd";
/// No project has this id: only the operator's senders are left.
const std::string kNoProject;

}  // namespace

CodeMailer::CodeMailer(delivery::MailRoutes& routes, Clock& clock, std::string public_url)
    : routes_(routes),
      clock_(clock),
      public_url_(std::move(public_url)),
      thread_([this](const std::stop_token& stop) { run(stop); })
{
}

CodeMailer::~CodeMailer() = default;  // Stops the thread and waits for it.

Result<bool> CodeMailer::is_possible()
{
    ACCESSD_TRY(const auto routes, routes_.routes_of(kNoProject, contacts::Channel::Email, {}));
    return !routes.empty();
}

void CodeMailer::send(Mail mail)
{
    {
        const std::scoped_lock lock{mutex_};
        if (queue_.size() >= kQueueMax) {
            log::warn("A code for the console was dropped: too many wait",
                      {{"admin_id", mail.admin_id}});
            return;
        }
        queue_.push_back({std::move(mail), clock_.now(), 0});
    }
    changed_.notify_one();
}

void CodeMailer::run(const std::stop_token& stop)
{
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        const auto now = clock_.now();
        std::erase_if(queue_, [now](const Waiting& one) { return one.mail.expires_at <= now; });
        const auto due = std::find_if(queue_.begin(), queue_.end(),
                                      [now](const Waiting& one) { return one.not_before <= now; });
        if (due == queue_.end()) {
            const auto seen = queue_.size();
            // New ones wake it; those that were tried wait for their next turn.
            changed_.wait_for(lock, stop, std::chrono::seconds{1},
                              [&] { return queue_.size() != seen; });
            continue;
        }
        auto one = std::move(*due);
        queue_.erase(due);
        lock.unlock();
        const bool is_done = try_to_send(one.mail);
        lock.lock();
        if (is_done || ++one.tries >= kTriesMax) continue;
        one.not_before = clock_.now() + kPause;
        queue_.push_back(std::move(one));
    }
}

/// False if it should be tried again.
bool CodeMailer::try_to_send(const Mail& mail)
try {
    const auto routes = routes_.routes_of(kNoProject, contacts::Channel::Email, mail.recipient);
    if (!routes) return false;
    const auto words =
        delivery::render_sign_in_email(mail.language, mail.code.reveal(), public_url_);
    const auto send = [&](delivery::MailRoute& route) {
        return route.sender->send(
            {.message_id = mail.id,
             .recipient = mail.recipient,
             .from = route.from,
             .from_name = route.from_name.empty() ? kFromName : route.from_name,
             .reply_to = route.reply_to,
             .subject = words.subject,
             .text = words.text,
             .html = words.html,
             .date = mail.created_at,
             .language = mail.language});
    };
    const auto round = delivery::go_through(*routes, send, clock_, clock_.now() + kTimeMax, 0);
    using Ending = delivery::Round::Ending;
    if (round.ending == Ending::Accepted) return true;
    log::warn("A code for the console couldn't be sent",
              {{"admin_id", mail.admin_id},
               {"reason", round.tries.empty() ? std::string{"its sender is busy"}
                                              : round.tries.back().outcome.reason},
               {"again", round.ending == Ending::Refused ? "no" : "yes"}});
    return round.ending == Ending::Refused;
} catch (const std::exception& problem) {
    log::error("A code for the console couldn't be sent",
               {{"admin_id", mail.admin_id}, {"error", problem.what()}});
    return true;
}

}  // namespace accessd::app
