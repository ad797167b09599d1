#include "support/login_script.h"

#include "support/loopback.h"

#include <utility>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kFixedCode = "123456";
constexpr auto kPatience = std::chrono::seconds{60};  // For what is under way when time is up.

double to_ms(Steady::duration time)
{
    return std::chrono::duration<double, std::milli>{time}.count();
}

/// The text of a member, found without parsing: the client must cost little.
std::string member(std::string_view json, std::string_view name)
{
    const auto key = '"' + std::string{name} + "\":\"";
    const auto found = json.find(key);
    if (found == std::string_view::npos) return {};
    const auto value = json.substr(found + key.size());
    return std::string{value.substr(0, value.find('"'))};
}

std::string contact_member(const Account& account, const std::string& contact)
{
    return std::string{account.by_phone ? R"("phone":")" : R"("email":")"} + contact + '"';
}

std::string next_run()
{
    static std::atomic<int> runs{0};
    return std::to_string(++runs);
}

}  // namespace

void LoginTimes::add(const LoginTimes& other)
{
    send.insert(send.end(), other.send.begin(), other.send.end());
    verify.insert(verify.end(), other.verify.begin(), other.verify.end());
    mail.insert(mail.end(), other.mail.begin(), other.mail.end());
    completed += other.completed;
    completed_in_all += other.completed_in_all;
    refused += other.refused;
    if (first_refusal.empty()) first_refusal = other.first_refusal;
}

void Mailbox::put(std::string address, std::string code)
{
    const std::scoped_lock lock{mutex_};
    letters_.emplace_back(std::move(address), std::move(code));
    if (listener_ != nullptr) listener_->wake();
}

std::vector<Mailbox::Letter> Mailbox::take()
{
    const std::scoped_lock lock{mutex_};
    return std::exchange(letters_, {});
}

void Mailbox::set_listener(const LoadGenerator* listener)
{
    const std::scoped_lock lock{mutex_};
    listener_ = listener;
}

LoginScript::LoginScript(Account account, std::size_t slots, Steady::time_point until,
                         Mailbox* mailbox)
    : account_(std::move(account)),
      until_(until),
      mailbox_(mailbox),
      run_(next_run()),
      people_(slots),
      busy_(slots)
{
}

std::string_view LoginScript::next_request(std::size_t slot)
{
    auto& person = people_[slot];
    if (person.step == Step::Idle) return begin(person, slot);
    const bool has_code = person.step == Step::AwaitingCode && !person.code.empty();
    if (!has_code) return {};
    person.step = Step::Verifying;
    const auto* path =
        account_.by_phone ? "/v2/access/phone/verify-otp" : "/v2/access/email/verify-otp";
    person.request =
        request_text("POST", path, account_.token,
                     '{' + contact_member(account_, person.contact) + R"(,"otp":")" + person.code +
                         R"(","validation_id":")" + person.validation_id + "\"}");
    return person.request;
}

/// Of nobody who came before: phone numbers lie far apart, as those of people do.
std::string LoginScript::make_contact() const
{
    if (!account_.by_phone) return "r" + run_ + "n" + std::to_string(begun_) + "@bench.example";
    constexpr std::size_t numbers = 100'000'000;
    constexpr std::size_t step = 38'196'601;  // Without a divisor in common: none comes twice.
    const auto first = std::stoul(run_) * 1'000'003;
    const auto number = std::to_string(numbers + (first + begun_) * step % numbers);
    return "+346" + number.substr(1);
}

std::string_view LoginScript::begin(Person& person, std::size_t slot)
{
    if (Steady::now() >= until_) {
        person.step = Step::Over;
        --busy_;
        return {};
    }
    person = {};
    person.step = Step::Sending;
    person.asked_at = Steady::now();
    ++begun_;
    person.contact = make_contact();
    if (mailbox_ == nullptr)
        person.code = kFixedCode;
    else
        awaiting_[person.contact] = slot;
    const auto* path =
        account_.by_phone ? "/v2/access/phone/send-sms" : "/v2/access/email/send-otp";
    person.request = request_text("POST", path, account_.token,
                                  '{' + contact_member(account_, person.contact) +
                                      R"(,"project_id":")" + account_.project_id + "\"}");
    return person.request;
}

void LoginScript::on_answer(std::size_t slot, const Answer& answer)
{
    auto& person = people_[slot];
    if (person.step == Step::Sending)
        on_sent(person, answer);
    else
        on_verified(person, answer);
}

void LoginScript::on_sent(Person& person, const Answer& answer)
{
    if (is_refused(person, answer)) return;
    times_.send.push_back(to_ms(answer.took));
    person.validation_id = member(answer.body, "validation_id");
    person.step = Step::AwaitingCode;
}

void LoginScript::on_verified(Person& person, const Answer& answer)
{
    if (is_refused(person, answer)) return;
    person.step = Step::Idle;
    times_.verify.push_back(to_ms(answer.took));
    ++times_.completed_in_all;
    if (Steady::now() < until_) ++times_.completed;
}

bool LoginScript::is_refused(Person& person, const Answer& answer)
{
    const bool lacks_token = person.step == Step::Verifying &&
                             answer.body.find("\"token\":\"") == std::string_view::npos;
    if (answer.status == 200 && !lacks_token) return false;
    if (times_.refused++ == 0) {
        times_.first_refusal = std::to_string(answer.status) + " " + std::string{answer.body};
    }
    person.step = Step::Idle;
    return true;
}

std::vector<std::size_t> LoginScript::take_woken()
{
    std::vector<std::size_t> woken;
    if (mailbox_ == nullptr) return woken;
    for (auto& [address, code] : mailbox_->take()) {
        const auto found = awaiting_.find(address);
        if (found == awaiting_.end()) continue;
        const auto slot = found->second;
        awaiting_.erase(found);
        auto& person = people_[slot];
        if (person.contact != address) continue;  // Its login was refused meanwhile.
        person.code = std::move(code);
        times_.mail.push_back(to_ms(Steady::now() - person.asked_at));
        woken.push_back(slot);
    }
    return woken;
}

LoginTimes log_in(const Server& server, const Account& account, std::size_t connections,
                  std::chrono::milliseconds time, Mailbox* mailbox)
{
    LoadGenerator generator{server.port(), connections};
    LoginScript script{account, connections, Steady::now() + time, mailbox};
    if (mailbox != nullptr) mailbox->set_listener(&generator);
    generator.run(script, std::chrono::ceil<std::chrono::seconds>(time) + kPatience);
    if (mailbox != nullptr) mailbox->set_listener(nullptr);
    return std::move(script.times());
}

}  // namespace accessd::bench
