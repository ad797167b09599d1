#include "delivery/message_delivery.h"

#include "delivery/composed_email.h"

#include <algorithm>
#include <cstddef>
#include <functional>
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

SendOutcome failure(Attempt::Outcome outcome, std::string reason)
{
    return {outcome, std::move(reason), {}};
}

/// What becomes of the message after its attempt; `wanted`: when its next one would be.
void conclude(AttemptReport& report, bool receipt, TimePoint wanted, const Message& message)
{
    switch (report.attempt.outcome) {
    case Attempt::Outcome::Accepted:
        report.status = receipt ? MessageStatus::Delivered : MessageStatus::Sent;
        report.receipt = receipt;
        return;
    case Attempt::Outcome::PermanentFailure: report.status = MessageStatus::Failed; return;
    case Attempt::Outcome::TemporaryFailure: break;
    }
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
    // Ids are random enough, and a hash needs no generator to share between threads.
    const auto spread = std::hash<std::string>{}(message_id + std::to_string(attempts)) % 1001;
    return delay + delay * static_cast<int>(spread) / 5000;
}

MessageDelivery::MessageDelivery(const DeliveryWorkers::Parts& parts)
    : parts_(parts),
      inbox_count_(counters_of(kInboxSender)),
      mail_count_(counters_of(mail_name())),
      mail_duration_(parts.metrics.histogram("accessd_delivery_duration_seconds",
                                             "Time that handing a message over took.",
                                             {{"sender", std::string{mail_name()}}}))
{
}

std::string_view MessageDelivery::mail_name() const
{
    return parts_.mail == nullptr ? "smtp" : parts_.mail->name();
}

MessageDelivery::Counters MessageDelivery::counters_of(std::string_view sender) const
{
    using enum Attempt::Outcome;
    Counters counters{};
    for (const auto outcome : {Accepted, TemporaryFailure, PermanentFailure}) {
        counters[static_cast<std::size_t>(outcome)] = &parts_.metrics.counter(
            "accessd_deliveries_total", "Tries to hand a message over.",
            {{"sender", std::string{sender}}, {"outcome", std::string{to_text(outcome)}}});
    }
    return counters;
}

AttemptReport MessageDelivery::deliver(const Message& message)
{
    const auto began = std::chrono::steady_clock::now();
    AttemptReport report;
    auto& attempt = report.attempt;
    attempt.message_id = message.id;
    attempt.number = message.attempts + 1;
    attempt.started_at = parts_.clock.now();
    attempt.sender = message.test ? kInboxSender : mail_name();

    auto result = hand_over(message);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    attempt.duration = std::chrono::duration_cast<std::chrono::milliseconds>(took);
    attempt.outcome = result.sent.outcome;
    attempt.reason = std::move(result.sent.reason);
    attempt.provider_answer = std::move(result.sent.provider_answer);

    const auto& counters = message.test ? inbox_count_ : mail_count_;
    counters[static_cast<std::size_t>(attempt.outcome)]->add();
    if (!message.test) mail_duration_.observe(took.count());
    const auto retry_at = parts_.clock.now() + retry_delay(attempt.number, message.id);
    conclude(report, result.receipt, result.retry_at.value_or(retry_at), message);
    return report;
}

void MessageDelivery::count_inbox()
{
    inbox_count_[static_cast<std::size_t>(Attempt::Outcome::Accepted)]->add();
}

InboxOutcome MessageDelivery::hand_over(const Message& message)
{
    using Outcome = Attempt::Outcome;
    const auto setup = parts_.projects.find(message.project_id);
    if (!setup) {
        return {.sent =
                    failure(Outcome::TemporaryFailure, "the project can't be read at the moment")};
    }
    if (*setup == nullptr) {
        return {.sent = failure(Outcome::PermanentFailure, "the project doesn't exist any more")};
    }
    if (!message.test) return {.sent = send_live(message, **setup)};

    const auto* recipient = (*setup)->test_recipient(message.recipient);
    const auto wanted =
        recipient == nullptr ? projects::TestRecipient::Outcome::Delivered : recipient->outcome;
    auto outcome = deliver_to_inbox(message, wanted, parts_.clock.now());
    if (outcome.sent.outcome == Outcome::Accepted) {
        outcome.sent.reason = template_note(parts_.templates, message, (*setup)->project);
    }
    return outcome;
}

SendOutcome MessageDelivery::send_live(const Message& message, const projects::ProjectSetup& setup)
{
    using Outcome = Attempt::Outcome;
    if (parts_.mail == nullptr) {
        return failure(Outcome::TemporaryFailure, "no mail sender is configured");
    }
    const auto now = parts_.clock.now();
    const auto& project = setup.project;
    auto composed = compose_email(message, project, parts_.keyring, parts_.public_url,
                                  message.expires_at - now, parts_.templates);
    if (!composed) return failure(Outcome::PermanentFailure, "the code can't be opened");
    auto& words = composed->words;
    auto outcome =
        parts_.mail->send({.message_id = message.id,
                           .recipient = message.recipient,
                           .from = parts_.from,
                           .from_name = parts_.from_name.empty() ? project.name : parts_.from_name,
                           .subject = std::move(words.subject),
                           .text = std::move(words.text),
                           .html = std::move(words.html),
                           .date = now,
                           .language = message.language});
    if (outcome.outcome == Outcome::Accepted) outcome.reason = std::move(composed->note);
    return outcome;
}

}  // namespace accessd::delivery
