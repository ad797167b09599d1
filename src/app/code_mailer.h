#pragma once

#include "admin/sign_in_codes.h"
#include "base/clock.h"
#include "delivery/mail_route.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace accessd::app {

/// Takes the codes of signing in to the console out, by the operator's senders, on a thread of its own. They wait
/// in memory alone: after a crash a person asks for another. Tried again until the code is too old to be of use.
class CodeMailer final : public admin::CodeMail {
public:
    /// Codes that wait, at most; what comes beyond is dropped, and logged.
    static constexpr std::size_t kQueueMax = 100;

    CodeMailer(delivery::MailRoutes& routes, Clock& clock, std::string public_url);
    ~CodeMailer() override;
    CodeMailer(const CodeMailer&) = delete;
    CodeMailer& operator=(const CodeMailer&) = delete;

    Result<bool> is_possible() override;
    void send(Mail mail) override;

private:
    struct Waiting {
        Mail mail;
        TimePoint not_before{};
        int tries = 0;
    };
    void run(const std::stop_token& stop);
    bool try_to_send(const Mail& mail);

    delivery::MailRoutes& routes_;
    Clock& clock_;
    std::string public_url_;
    std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable_any changed_;
    std::deque<Waiting> queue_;
    std::jthread thread_;  ///< Last: it uses everything above.
};

}  // namespace accessd::app
