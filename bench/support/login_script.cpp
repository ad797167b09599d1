#include "support/login_script.h"

#include "support/loopback.h"

#include <charconv>
#include <utility>

namespace accessd::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kFixedCode = "123456";

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

std::string next_run()
{
    static std::atomic<int> runs{0};
    return std::to_string(++runs);
}

/// The slot in "r<run>s<slot>n<number>@bench.example".
std::size_t slot_of(std::string_view address)
{
    std::size_t slot = 0;
    const auto begin = address.find('s') + 1;
    std::from_chars(address.data() + begin, address.data() + address.size(), slot);
    return slot;
}

}  // namespace

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
    person.request = request_text("POST", "/v2/access/email/verify-otp", account_.token,
                                  R"({"email":")" + person.email + R"(","otp":")" + person.code +
                                      R"(","validation_id":")" + person.validation_id + "\"}");
    return person.request;
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
    person.email =
        "r" + run_ + "s" + std::to_string(slot) + "n" + std::to_string(++begun_) + "@bench.example";
    if (mailbox_ == nullptr) person.code = kFixedCode;
    person.request = request_text("POST", "/v2/access/email/send-otp", account_.token,
                                  R"({"email":")" + person.email + R"(","project_id":")" +
                                      account_.project_id + "\"}");
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
        const auto slot = slot_of(address);
        if (slot >= people_.size() || people_[slot].email != address) continue;
        auto& person = people_[slot];
        person.code = std::move(code);
        times_.mail.push_back(to_ms(Steady::now() - person.asked_at));
        woken.push_back(slot);
    }
    return woken;
}

}  // namespace accessd::bench
