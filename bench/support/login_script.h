#pragma once

#include "support/load_generator.h"
#include "support/server.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace accessd::bench {

/// Codes on their way from the mail server to those who wait for them.
/// Threads: safe to call concurrently.
class Mailbox {
public:
    /// Recipient's address and code.
    using Letter = std::pair<std::string, std::string>;

    void put(std::string address, std::string code);
    std::vector<Letter> take();
    /// Whom to wake when a code came; nullptr: nobody.
    void set_listener(const LoadGenerator* listener);

private:
    std::mutex mutex_;
    std::vector<Letter> letters_;
    const LoadGenerator* listener_ = nullptr;
};

/// What a LoginScript saw. Times in milliseconds, unsorted.
struct LoginTimes {
    std::vector<double> send;
    std::vector<double> verify;
    std::vector<double> mail;          ///< From asking for a code to having it by mail.
    std::size_t completed = 0;         ///< Logins finished before the end of the time.
    std::size_t completed_in_all = 0;  ///< Also those that were under way then.
    std::size_t refused = 0;           ///< Answers other than 200.
    std::string first_refusal;

    /// What another run saw, too.
    void add(const LoginTimes& other);
};

/// Logins of people who never came before, one after the other on every connection: ask for a code,
/// give it back, get a token.
class LoginScript final : public Script {
public:
    /// Begins no login after `until`. Without a mailbox the code is the test project's 123456.
    LoginScript(Account account, std::size_t slots, std::chrono::steady_clock::time_point until,
                Mailbox* mailbox);

    std::string_view next_request(std::size_t slot) override;
    void on_answer(std::size_t slot, const Answer& answer) override;
    std::vector<std::size_t> take_woken() override;
    bool is_done() const override { return busy_ == 0; }

    LoginTimes& times() { return times_; }

private:
    enum class Step { Idle, Sending, AwaitingCode, Verifying, Over };
    struct Person {
        Step step = Step::Idle;
        std::string contact;  ///< An email address, or a phone number.
        std::string validation_id;
        std::string code;
        std::string request;
        std::chrono::steady_clock::time_point asked_at;
    };

    std::string_view begin(Person& person, std::size_t slot);
    std::string make_contact() const;
    void on_sent(Person& person, const Answer& answer);
    void on_verified(Person& person, const Answer& answer);
    bool is_refused(Person& person, const Answer& answer);

    Account account_;
    std::chrono::steady_clock::time_point until_;
    Mailbox* mailbox_;
    std::string run_;  ///< Makes the addresses of this run unlike those of others.
    std::vector<Person> people_;
    std::unordered_map<std::string, std::size_t>
        awaiting_;  ///< Slots of contacts that wait for mail.
    std::size_t busy_;
    std::size_t begun_ = 0;
    LoginTimes times_;
};

/// Logins for some time, on so many connections. Throws std::runtime_error.
LoginTimes log_in(const Server& server, const Account& account, std::size_t connections,
                  std::chrono::milliseconds time, Mailbox* mailbox = nullptr);

}  // namespace accessd::bench
