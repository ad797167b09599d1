#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "contacts/email_address.h"
#include "delivery/mail_route.h"
#include "delivery/message_store.h"
#include "projects/project_store.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// What samples say instead of a code and a magic link.
inline constexpr std::string_view kSampleCode = "123456";
inline constexpr auto kSampleLink = "https://login.example/sample";

/// Whether people of this project may get a magic link beside the code.
bool has_magic_link(const projects::ProjectSetup& setup);

/// The template filled in as for a person of this project, with a made-up code.
/// Errors: InvalidRequest (it grows too large once it is filled in).
Result<EmailText> write_sample(const projects::ProjectSetup& setup, contacts::Channel channel,
                               contacts::Language language, const EmailText& source);

/// What became of a sample.
struct SampleOutcome {
    std::string message_id;
    std::string sender;  ///< "inbox", or the name of the last sender tried.
    SendOutcome sent;
    std::chrono::milliseconds duration{0};
};

/// Sends templates to those who write them: into a test project's inbox, or, in a live one, as mail
/// within the request, once and without trying again, so that the answer can tell how it went.
/// Threads: safe to call concurrently.
class Samples {
public:
    /// Counts a send to this address. Errors: RateLimited, StoreUnavailable.
    using CountSend = std::function<Result<void>(const std::string& project_id,
                                                 const contacts::EmailAddress& recipient)>;
    struct Parts {
        MessageStore& messages;
        MailRoutes& routes;
        CountSend count_send;
        Clock& clock;
        Random& random;
    };
    /// Mail that is under way within requests, at most.
    static constexpr int kAtOnceMax = 2;

    explicit Samples(Parts parts);

    /// Errors: NoProvider; RateLimited, as a code to this address would be, and after 20 samples of the
    /// project within an hour; Busy; StoreUnavailable.
    Result<SampleOutcome> send(const projects::ProjectSetup& setup,
                               const contacts::EmailAddress& recipient, contacts::Language language,
                               EmailText words);

private:
    Result<SampleOutcome> put_into_inbox(const Message& message, const EmailText& words);
    Result<SampleOutcome> send_mail(const Message& message, const projects::Project& project,
                                    const EmailText& words, const Routes& routes);

    Parts parts_;
    std::atomic<int> under_way_{0};
};

}  // namespace accessd::delivery
