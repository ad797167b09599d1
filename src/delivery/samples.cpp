#include "delivery/samples.h"

#include "base/id.h"
#include "delivery/inbox_sender.h"
#include "delivery/message_text.h"

#include <algorithm>
#include <utility>

namespace accessd::delivery {
namespace {

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

Result<EmailText> write_sample(const projects::ProjectSetup& setup, contacts::Language language,
                               const EmailText& source)
{
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
    if (!project.is_test() && parts_.mail == nullptr) return ErrorCode::NoProvider;
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
    return send_mail(message, project, std::move(words));
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
                                         EmailText words)
{
    const auto began = std::chrono::steady_clock::now();
    SampleOutcome outcome;
    outcome.message_id = message.id;
    outcome.sender = parts_.mail->name();
    outcome.sent =
        parts_.mail->send({.message_id = message.id,
                           .recipient = message.recipient,
                           .from = parts_.from,
                           .from_name = parts_.from_name.empty() ? project.name : parts_.from_name,
                           .subject = std::move(words.subject),
                           .text = std::move(words.text),
                           .html = std::move(words.html),
                           .date = message.created_at,
                           .language = message.language});
    outcome.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    return outcome;
}

}  // namespace accessd::delivery
