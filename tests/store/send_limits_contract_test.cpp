#include "store_fixture.h"

#include <atomic>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

/// What every ValidationStore promises about limits that count a send together.
class SendLimitsContract : public StoreContract {
protected:
    access::SendCode limited_send(const std::string& email, const std::string& network)
    {
        auto send = send_code(email);
        send.further_limits = {{send.limit_key, {10, 1h, "email_sends_hour"}},
                               {"client:" + network, {12, 1h, "client_sends_hour"}}};
        return send;
    }

    static std::string scope_of(const Error& error)
    {
        for (const auto& [name, value] : error.details) {
            if (name == "scope") return std::get<std::string>(value);
        }
        return {};
    }

    /// Whose limit refuses a send; empty if none does.
    std::string refusing(const std::string& email, const std::string& network)
    {
        const auto sent = validations_.send(limited_send(email, network));
        return sent ? std::string{} : scope_of(sent.error());
    }
};

TEST_P(SendLimitsContract, HoldsEveryWindowAtOnce)
{
    for (int minute = 0; minute < 2; ++minute) {
        for (int i = 0; i < 5; ++i) EXPECT_EQ(refusing("ana@example.com", "n1"), "");
        EXPECT_EQ(refusing("ana@example.com", "n1"), "email_sends");
        clock_.advance(60s);
    }

    EXPECT_EQ(refusing("ana@example.com", "n2"), "email_sends_hour");
    EXPECT_EQ(refusing("bob@example.com", "n1"), "");
    EXPECT_EQ(refusing("bob@example.com", "n1"), "");
    EXPECT_EQ(refusing("eve@example.com", "n1"), "client_sends_hour");
    EXPECT_EQ(refusing("eve@example.com", "n2"), "");
}

TEST_P(SendLimitsContract, TakesNothingFromAnyWindowForARefusedSend)
{
    for (int i = 0; i < 5; ++i) EXPECT_EQ(refusing("ana@example.com", "n1"), "");
    for (int i = 0; i < 50; ++i) EXPECT_EQ(refusing("ana@example.com", "n1"), "email_sends");
    clock_.advance(60s);

    for (int i = 0; i < 5; ++i) EXPECT_EQ(refusing("ana@example.com", "n1"), "");
    EXPECT_EQ(refusing("bob@example.com", "n1"), "");
    EXPECT_EQ(refusing("bob@example.com", "n1"), "");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(refusing("bob@example.com", "n1"), "client_sends_hour");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(refusing("bob@example.com", "n2"), "");
    EXPECT_EQ(refusing("bob@example.com", "n2"), "email_sends");
}

TEST_P(SendLimitsContract, SaysWhichLimitRefusedAndForHowLong)
{
    const auto start = clock_.now();
    for (int i = 0; i < 10; ++i) {
        if (i == 5) clock_.advance(60s);
        ASSERT_TRUE(validations_.send(limited_send("ana@example.com", "n1")));
    }
    clock_.set(start + 10min);

    const auto error = validations_.send(limited_send("ana@example.com", "n1")).error();

    EXPECT_EQ(error.code, ErrorCode::RateLimited);
    EXPECT_EQ(error.retry_after, 50min);
    const decltype(error.details) expected{{"limit", std::int64_t{10}},
                                           {"window_seconds", std::int64_t{3600}},
                                           {"retry_after_seconds", std::int64_t{3000}},
                                           {"scope", std::string{"email_sends_hour"}}};
    EXPECT_EQ(error.details, expected);
    const auto list = stores_->events().after(project_id_, 0, 1000);
    EXPECT_EQ(list->back().reason, "email_sends_hour");
    clock_.set(start + 1h);
    EXPECT_TRUE(validations_.send(limited_send("ana@example.com", "n1")));
}

TEST_P(SendLimitsContract, GivesTheFirstLimitsStateAndTheLongestWait)
{
    for (int i = 0; i < 9; ++i) {
        if (i == 5) clock_.advance(60s);
        ASSERT_TRUE(validations_.send(limited_send("ana@example.com", "n1")));
    }

    const auto tenth = validations_.send(limited_send("ana@example.com", "n1"));

    ASSERT_TRUE(tenth);
    EXPECT_EQ(tenth->limit.limit, 5);
    EXPECT_EQ(tenth->limit.remaining, 0);
    EXPECT_EQ(tenth->limit.retry_after, 59min);
}

TEST_P(SendLimitsContract, LetsExactlyTheNetworksLimitThroughWhenManySendTogether)
{
    std::atomic<int> allowed{0};

    together(24, [&](int i) {
        const auto email = "ana" + std::to_string(i) + "@example.com";
        if (validations_.send(limited_send(email, "n1"))) ++allowed;
    });

    EXPECT_EQ(allowed, 12);
}

TEST_P(SendLimitsContract, CountsWhatIsNoSendInEveryWindowOrNone)
{
    const std::vector<limits::KeyedLimit> limits{{"a", {3, 60s, "a"}}, {"b", {2, 60s, "b"}}};
    ASSERT_EQ(stores_->limits().take_all(limits, clock_.now())->remaining, 2);
    ASSERT_TRUE(stores_->limits().take_all(limits, clock_.now()));

    const auto refused = stores_->limits().take_all(limits, clock_.now());

    ASSERT_FALSE(refused);
    EXPECT_EQ(scope_of(refused.error()), "b");
    EXPECT_TRUE(stores_->limits().take("a", limits[0].limit, clock_.now())->allowed);
}

INSTANTIATE_TEST_SUITE_P(Engines, SendLimitsContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
