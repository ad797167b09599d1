#include "delivery/samples.h"

#include "base/id.h"
#include "delivery/code_text.h"
#include "delivery/composed_text.h"
#include "delivery/failover.h"
#include "delivery/inbox_sender.h"
#include "delivery/message_text.h"

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

/// The longest that a request waits for senders: as long as one of them may take.
constexpr auto kTimeMax = std::chrono::seconds{20};

/// How long the code of a sample would be good.
constexpr auto kSampleLife = std::chrono::minutes{10};

/// Holds one of the places for mail that is under way.
class Place {
public:
    explicit Place(std::atomic<int>& taken)
        : taken_(taken), is_free_(++taken <= Samples::kAtOnceMax)
    {
    }
    ~Place() { --taken_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool is_free() const { return is_free_; }

private:
    std::atomic<int>& taken_;
    bool is_free_;
};

}  // namespace

bool has_magic_link(const projects::ProjectSetup& setup)
{
    return std::any_of(setup.flows.begin(), setup.flows.end(), [](const auto& flow) {
        return flow.email.enabled && flow.email.magic_link;
    });
}

Result<EmailText> write_sample(const projects::ProjectSetup& setup, contacts::Channel channel,
                               contacts::Language language, const EmailText& source)
{
    if (channel == contacts::Channel::Sms) {
        auto text =
            render_own_sms(source.text, {.language = language,
                                         .project_name = setup.project.name,
                                         .code = std::string{kSampleCode},
                                         .minutes_valid = static_cast<int>(kSampleLife.count()),
                                         .origin_host = origin_host_of(setup.default_flow(), {})});
        if (!text) return Error::invalid("text", "can't be filled in");
        return EmailText{{}, std::move(*text), {}};
    }
    auto facts = facts_of(setup.project, language);
    facts.code = std::string{kSampleCode};
    facts.minutes_valid = static_cast<int>(kSampleLife.count());
    if (has_magic_link(setup)) facts.link = kSampleLink;
    auto words = render_own_email(source, facts);
    if (!words) {
        return Error::invalid("html", "grows beyond 100 KiB once it is filled in: use fewer or "
                                      "shorter variables");
    }
    return std::move(*words);
}

Samples::Samples(Parts parts) : parts_(std::move(parts)) {}

Result<SampleOutcome> Samples::send(const projects::ProjectSetup& setup,
                                    const contacts::EmailAddress& recipient,
                                    contacts::Language language, EmailText words)
{
    const auto& project = setup.project;
    ACCESSD_TRY(const auto routes,
                parts_.routes.routes_of(project.id, contacts::Channel::Email, recipient.text()));
    if (!project.is_test() && routes.empty()) return ErrorCode::NoProvider;
    const Place place{under_way_};
    if (!project.is_test() && !place.is_free()) return ErrorCode::Busy;
    ACCESSD_CHECK(parts_.count_send(project.id, recipient));

    Message message;
    message.created_at = parts_.clock.now();
    message.id = make_id("msg_", message.created_at, parts_.random);
    message.project_id = project.id;
    message.channel = contacts::Channel::Email;
    message.recipient = recipient.text();
    message.language = language;
    message.expires_at = message.created_at + kSampleLife;
    if (project.is_test()) return put_into_inbox(message, words);
    return send_mail(message, project, words, routes);
}

Result<SampleOutcome> Samples::put_into_inbox(const Message& message, const EmailText& words)
{
    ACCESSD_CHECK(parts_.messages.insert_sample(message, words));
    SampleOutcome outcome;
    outcome.message_id = message.id;
    outcome.sender = kInboxSender;
    outcome.sent.outcome = Attempt::Outcome::Accepted;
    return outcome;
}

Result<SampleOutcome> Samples::send_mail(const Message& message, const projects::Project& project,
                                         const EmailText& words, const Routes& routes)
{
    const auto send = [&](MailRoute& route) {
        return route.sender->send(
            {.message_id = message.id,
             .recipient = message.recipient,
             .from = route.from,
             .from_name = route.from_name.empty() ? project.name : route.from_name,
             .reply_to = route.reply_to,
             .subject = words.subject,
             .text = words.text,
             .html = words.html,
             .date = message.created_at,
             .language = message.language});
    };
    const auto deadline = parts_.clock.now() + kTimeMax;
    auto round = go_through(routes, send, parts_.clock, deadline, 0);
    if (round.ending == Round::Ending::Busy) return ErrorCode::Busy;
    SampleOutcome outcome;
    outcome.message_id = message.id;
    auto& last = round.tries.back();  // Where none was asked, there is one that says so.
    outcome.sender = std::move(last.sender);
    outcome.sent = std::move(last.outcome);
    for (const auto& each : round.tries) outcome.duration += each.duration;
    return outcome;
}

}  // namespace accessd::delivery
