#pragma once

#include "config/config.h"
#include "delivery/sender.h"
#include "outbound/guard.h"

#include <memory>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// Hands mail to an SMTP relay over connections that stay open between messages. Each send takes
/// one of settings.connections_max connections, or waits until one is free.
///
/// A refusal of the recipient, sender or message (5xx) is permanent. All else is temporary, also
/// what the operator can repair: credentials, certificates, a relay that refuses this machine. Failures that
/// another account might not have are marked as the account's.
/// Threads: safe to call concurrently; destroy it after the last send().
class SmtpSender final : public Sender {
public:
    /// `guard` judges the addresses that are connected to; null: the operator's own account, which is trusted.
    explicit SmtpSender(const config::Smtp& settings, std::string name = "smtp",
                        const outbound::Guard* guard = nullptr);
    ~SmtpSender() override;
    SmtpSender(const SmtpSender&) = delete;
    SmtpSender& operator=(const SmtpSender&) = delete;

    std::string_view name() const override { return name_; }
    SendOutcome send(const OutgoingMail& mail) override;

    /// Connects, agrees on TLS and logs in as for a mail, and leaves. Accepted: a mail would get as far as
    /// its sender and recipient.
    SendOutcome check();

private:
    class Connections;

    config::Smtp settings_;
    std::string name_;
    const outbound::Guard* guard_;
    std::unique_ptr<Connections> connections_;
};

}  // namespace accessd::delivery
