#include "delivery/message_delivery.h"

#include "base/trace.h"
#include "contacts/phone_number.h"
#include "delivery/composed_email.h"
#include "delivery/composed_text.h"
#include "delivery/message_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace accessd::delivery {
namespace {

/// Quick at first, as people wait in front of a screen; then slow enough for a relay in trouble.
constexpr std::array kDelays{std::chrono::seconds{1}, std::chrono::seconds{3},
                             std::chrono::seconds{8}, std::chrono::seconds{20},
                             std::chrono::seconds{60}};

/// No code lives through more tries than these; a link that ends a lock may, for a day.
constexpr std::size_t kTriesOfACode = 20;
constexpr auto kLongDelay = std::chrono::minutes{10};

/// A sender that has its hands full is asked again after this long, and up to as much more.
constexpr auto kDeferral = std::chrono::milliseconds{1000};

/// Who is named where no sender had a part.
constexpr std::string_view kNobody = "none";

/// Ids are random enough, and a hash needs no generator to share between threads.
std::chrono::milliseconds spread(std::chrono::milliseconds most, const std::string& seed)
{
    const auto part = static_cast<std::int64_t>(std::hash<std::string>{}(seed) % 1001);
    return most * part / 1000;
}

Attempt attempt_of(const Message& message, int number, Try made)
{
    return {.message_id = message.id,
            .number = number,
            .started_at = made.started_at,
            .duration = made.duration,
            .sender = std::move(made.sender),
            .sender_id = std::move(made.sender_id),
            .outcome = made.outcome.outcome,
            .reason = std::move(made.outcome.reason),
            .provider_id = std::move(made.outcome.provider_id),
            .provider_answer = std::move(made.outcome.provider_answer)};
}

/// The flow's word for a country or language, or for all.
std::string choice_for(const std::map<std::string, std::string>& choices, const std::string& name)
{
    auto found = choices.find(name);
    if (found == choices.end()) found = choices.find("*");
    return found == choices.end() ? std::string{} : found->second;
}

/// Of an SMS; WhatsApp's senders are accounts, not names.
std::string sender_id_for(const projects::PhoneMethod& method, const Message& message)
{
    if (message.channel != contacts::Channel::Sms || method.sender_ids.empty()) return {};
    const auto phone = contacts::PhoneNumber::from_canonical(message.recipient);
    return choice_for(method.sender_ids, phone.plan().country);
}

std::string template_for(const projects::PhoneMethod& method, const Message& message)
{
    if (message.channel != contacts::Channel::WhatsApp) return {};
    return choice_for(method.whatsapp_templates, std::string{contacts::to_text(message.language)});
}

/// Tries again at `wanted` if the code lives until then, and else gives up.
void wait_or_give_up(AttemptReport& report, TimePoint wanted, const Message& message)
{
    if (wanted < message.expires_at) {
        report.status = MessageStatus::Queued;
        report.retry_at = wanted;
        return;
    }
    report.status = MessageStatus::Failed;
    report.attempt.reason += "; gave up: the code's life ended";
}

}  // namespace

std::chrono::milliseconds retry_delay(int attempts, const std::string& message_id)
{
    const auto step = static_cast<std::size_t>(std::max(1, attempts)) - 1;
    if (step >= kTriesOfACode) return kLongDelay;
    const auto delay = std::chrono::milliseconds{kDelays[std::min(step, kDelays.size() - 1)]};
    return delay + spread(delay / 5, message_id + std::to_string(attempts));
}

MessageDelivery::MessageDelivery(const DeliveryWorkers::Parts& parts) : parts_(parts)
{
    numbers_of(std::string{kInboxSender});
    numbers_of("smtp");  // So that graphs start at 0.
}

const MessageDelivery::Numbers& MessageDelivery::numbers_of(const std::string& metric)
{
    using enum Attempt::Outcome;
    const std::scoped_lock lock{numbers_mutex_};
    auto& numbers = numbers_[metric];
    if (numbers.duration != nullptr) return numbers;
    for (const auto outcome : {Accepted, TemporaryFailure, PermanentFailure}) {
        numbers.outcomes[static_cast<std::size_t>(outcome)] = &parts_.metrics.counter(
            "accessd_deliveries_total", "Tries to hand a message over.",
            {{"sender", metric}, {"outcome", std::string{to_text(outcome)}}});
    }
    numbers.duration =
        &parts_.metrics.histogram("accessd_delivery_duration_seconds",
                                  "Time that handing a message over took.", {{"sender", metric}});
    return numbers;
}

void MessageDelivery::count_inbox()
{
    const auto& numbers = numbers_of(std::string{kInboxSender});
    numbers.outcomes[static_cast<std::size_t>(Attempt::Outcome::Accepted)]->add();
}

Delivered MessageDelivery::deliver(const Message& message, TimePoint deadline)
{
    using Outcome = Attempt::Outcome;
    trace::Span span{"deliver message", trace::Kind::Consumer};
    span.set("accessd.message_id", message.id);
    span.set("accessd.channel", std::string{contacts::to_text(message.channel)});
    const auto setup = parts_.projects.find(message.project_id);
    if (!setup) {
        return give_up_for_now(message, Outcome::TemporaryFailure,
                               "the project can't be read at the moment");
    }
    if (*setup == nullptr) {
        return give_up_for_now(message, Outcome::PermanentFailure,
                               "the project doesn't exist any more");
    }
    auto done =
        message.test ? deliver_in_test(message, **setup) : deliver_live(message, **setup, deadline);
    const bool has_failed =
        !done.reports.empty() && done.reports.back().attempt.outcome != Outcome::Accepted;
    if (has_failed) span.failed();
    return done;
}

Delivered MessageDelivery::give_up_for_now(const Message& message, Attempt::Outcome outcome,
                                           std::string reason)
{
    const std::string name{message.test ? kInboxSender : kNobody};
    Round round;
    round.ending = outcome == Attempt::Outcome::PermanentFailure ? Round::Ending::Refused
                                                                 : Round::Ending::Later;
    round.tries.push_back({.sender = name,
                           .sender_id = name,
                           .metric = name,
                           .started_at = parts_.clock.now(),
                           .duration = {},
                           .outcome = {outcome, std::move(reason), {}}});
    return to_reports(message, std::move(round));
}

Delivered MessageDelivery::deliver_in_test(const Message& message,
                                           const projects::ProjectSetup& setup)
{
    const auto* recipient = setup.test_recipient(message.recipient);
    const auto wanted =
        recipient == nullptr ? projects::TestRecipient::Outcome::Delivered : recipient->outcome;
    auto ended = deliver_to_inbox(message, wanted, parts_.clock.now());
    const std::string name{kInboxSender};
    Round round;
    if (ended.sent.outcome == Attempt::Outcome::Accepted) round.ending = Round::Ending::Accepted;
    if (ended.sent.outcome == Attempt::Outcome::PermanentFailure) {
        round.ending = Round::Ending::Refused;
    }
    round.tries.push_back({.sender = name,
                           .sender_id = name,
                           .metric = name,
                           .started_at = parts_.clock.now(),
                           .duration = {},
                           .outcome = std::move(ended.sent)});
    auto done = to_reports(message, std::move(round));
    auto& report = done.reports.back();
    if (report.attempt.outcome == Attempt::Outcome::Accepted) {
        report.attempt.reason =
            template_note(parts_.templates, setup.project, message.channel, message.language);
    }
    if (report.status == MessageStatus::Sent && ended.receipt) {
        report.status = MessageStatus::Delivered;
        report.receipt = true;
    }
    if (report.status == MessageStatus::Queued && ended.retry_at) {
        wait_or_give_up(report, *ended.retry_at, message);
    }
    plan_fallback(done, message, setup, false);
    return done;
}

Delivered MessageDelivery::deliver_live(const Message& message, const projects::ProjectSetup& setup,
                                        TimePoint deadline)
{
    const auto routes =
        parts_.routes.routes_of(message.project_id, message.channel, message.recipient);
    if (!routes) {
        return give_up_for_now(message, Attempt::Outcome::TemporaryFailure,
                               "the project's senders can't be read at the moment");
    }
    if (routes->empty()) {
        return give_up_for_now(message, Attempt::Outcome::TemporaryFailure,
                               "no sender is configured for this channel and recipient");
    }
    const auto send = [&](MailRoute& route) {
        return contacts::is_phone(message.channel) ? send_text(message, setup, route)
                                                   : send_live(message, setup, route);
    };
    const MailRoute* last = nullptr;
    const auto remember = [&](MailRoute& route) {
        last = &route;
        return send(route);
    };
    auto done = to_reports(message, go_through(*routes, remember, parts_.clock, deadline,
                                               tries_that_may_have_arrived(message)));
    const bool gives_receipts = last != nullptr && last->texts && last->texts->gives_receipts();
    plan_fallback(done, message, setup, gives_receipts);
    return done;
}

/// After a success the other channel waits for the receipt; after the last failure it takes over at once.
void MessageDelivery::plan_fallback(Delivered& done, const Message& message,
                                    const projects::ProjectSetup& setup, bool gives_receipts) const
{
    const auto* flow = setup.flow(message.flow_id);
    if (done.reports.empty() || flow == nullptr || message.is_fallback) return;
    const auto& fallback = flow->phone.fallback;
    const bool is_meant = contacts::is_phone(message.channel) && fallback &&
                          fallback->to != contacts::to_text(message.channel) &&
                          flow->otp_settings(contacts::sibling(message.channel)).enabled;
    if (!is_meant) return;
    auto& last = done.reports.back();
    const auto now = parts_.clock.now();
    if (last.status == MessageStatus::Sent && gives_receipts) {
        last.fall_back_at = now + fallback->after;
    }
    if (last.status == MessageStatus::Failed) last.fall_back_at = now;
}

SendOutcome MessageDelivery::send_text(const Message& message, const projects::ProjectSetup& setup,
                                       MailRoute& route)
{
    if (!route.texts) return {Attempt::Outcome::PermanentFailure, "this sender sends no texts", {}};
    const auto left = message.expires_at - parts_.clock.now();
    const auto* flow = setup.flow(message.flow_id);
    auto composed =
        compose_text(message, setup, parts_.keyring, parts_.public_url, left, parts_.templates);
    if (!composed) return {Attempt::Outcome::PermanentFailure, "the code can't be opened", {}};
    OutgoingText text{.message_id = message.id,
                      .channel = message.channel,
                      .recipient = message.recipient,
                      .from = {},
                      .text = std::move(composed->words.text),
                      .code = std::move(composed->otp),
                      .template_name = {},
                      .language = message.language,
                      .life = std::chrono::duration_cast<std::chrono::seconds>(left)};
    if (flow != nullptr) {
        text.from = sender_id_for(flow->phone, message);
        text.template_name = template_for(flow->phone, message);
    }
    auto outcome = route.texts->send(text);
    if (outcome.outcome == Attempt::Outcome::Accepted && outcome.reason.empty()) {
        outcome.reason = std::move(composed->note);
    }
    return outcome;
}

/// So far, in earlier leases.
int MessageDelivery::tries_that_may_have_arrived(const Message& message)
{
    if (message.attempts == 0) return 0;
    const auto attempts =
        parts_.outbox.attempts_of_validation(message.project_id, message.validation_id);
    if (!attempts) return 0;
    return static_cast<int>(
        std::count_if(attempts->begin(), attempts->end(), [&](const Attempt& attempt) {
            return attempt.message_id == message.id && attempt.reason.starts_with(kMayHaveArrived);
        }));
}

Delivered MessageDelivery::to_reports(const Message& message, Round round)
{
    const auto now = parts_.clock.now();
    Delivered done;
    if (round.ending == Round::Ending::Busy) {
        done.defer_until = now + kDeferral + spread(kDeferral, message.id);
        return done;
    }
    int number = message.attempts;
    for (auto& made : round.tries) {
        const auto& numbers = numbers_of(made.metric);
        numbers.outcomes[static_cast<std::size_t>(made.outcome.outcome)]->add();
        numbers.duration->observe(std::chrono::duration<double>(made.duration).count());
        auto& report = done.reports.emplace_back();
        report.attempt = attempt_of(message, ++number, std::move(made));
        report.status = MessageStatus::Queued;  // The next try is in the same report.
        report.retry_at = now;
        report.leased_until = message.leased_until;
    }
    auto& last = done.reports.back();
    if (round.ending == Round::Ending::Accepted) last.status = MessageStatus::Sent;
    if (round.ending == Round::Ending::Refused) last.status = MessageStatus::Failed;
    if (round.ending == Round::Ending::Later) {
        const auto delay = retry_delay(number, message.id);
        auto wanted = now + delay;
        // All senders failed of late: be there when the first is tried again.
        if (round.reopens_at) wanted = *round.reopens_at + spread(2 * kDeferral, message.id);
        wait_or_give_up(last, wanted, message);
    }
    return done;
}

SendOutcome MessageDelivery::send_live(const Message& message, const projects::ProjectSetup& setup,
                                       MailRoute& route)
{
    const auto now = parts_.clock.now();
    const auto& project = setup.project;
    auto composed = compose_email(message, project, parts_.keyring, parts_.public_url,
                                  message.expires_at - now, parts_.templates);
    if (!composed) return {Attempt::Outcome::PermanentFailure, "the code can't be opened", {}};
    auto& words = composed->words;
    auto outcome =
        route.sender->send({.message_id = message.id,
                            .recipient = message.recipient,
                            .from = route.from,
                            .from_name = route.from_name.empty() ? project.name : route.from_name,
                            .reply_to = route.reply_to,
                            .subject = std::move(words.subject),
                            .text = std::move(words.text),
                            .html = std::move(words.html),
                            .date = now,
                            .language = message.language});
    if (outcome.outcome == Attempt::Outcome::Accepted) outcome.reason = std::move(composed->note);
    return outcome;
}

}  // namespace accessd::delivery
