#pragma once

#include "support/descriptor.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace accessd::bench {

/// A mail server that takes everything and tells which code each mail brought. Plain SMTP on
/// loopback, on a thread of its own.
class SmtpSink {
public:
    /// Called on the sink's thread with the recipient's address and the code.
    using OnMail = std::function<void(std::string recipient, std::string code)>;

    explicit SmtpSink(OnMail on_mail);
    ~SmtpSink();
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    std::uint16_t port() const { return port_; }
    std::size_t mails() const { return mails_; }

private:
    struct Session {
        Descriptor socket;
        std::string received;
        std::string recipient;
        bool is_in_data = false;
    };

    void run();
    void watch(int descriptor) const;
    void accept();
    bool read(Session& session);
    bool obey(Session& session, std::string_view line);
    bool take_mail(Session& session);

    OnMail on_mail_;
    Descriptor listening_;
    Descriptor epoll_;
    Descriptor stop_;
    std::uint16_t port_;
    std::unordered_map<int, Session> sessions_;
    std::atomic<std::size_t> mails_{0};
    std::thread thread_;
};

}  // namespace accessd::bench
