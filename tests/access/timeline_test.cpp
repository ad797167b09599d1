#include "access/timeline.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace accessd::test {
namespace {

using events::EventType;
using namespace std::chrono_literals;

class TimelineTest : public testing::Test {
protected:
    TimelineTest()
    {
        validation_.id = "val_1";
        validation_.expires_at = clock_.now() + 10min;
    }

    void happens(EventType type, std::chrono::milliseconds after, const std::string& reason = {})
    {
        events::Event event;
        event.type = type;
        event.at = start_ + after;
        event.reason = reason;
        events_.push_back(event);
    }
    delivery::Message message(std::chrono::milliseconds after) const
    {
        delivery::Message made;
        made.id = "msg_1";
        made.created_at = start_ + after;
        made.expires_at = validation_.expires_at;
        return made;
    }
    std::vector<access::TimelineEntry> timeline() const
    {
        return access::build_timeline(validation_, events_, messages_, attempts_, clock_.now());
    }
    std::vector<std::string> types() const
    {
        std::vector<std::string> found;
        for (const auto& entry : timeline()) found.push_back(entry.type);
        return found;
    }

    FakeClock clock_;
    const TimePoint start_ = clock_.now();
    access::Validation validation_;
    std::vector<events::Event> events_;
    std::vector<delivery::Message> messages_;
    std::vector<delivery::Attempt> attempts_;
};

TEST_F(TimelineTest, TellsALoginInOrder)
{
    happens(EventType::ValidationCreated, 0ms);
    messages_.push_back(message(0ms));
    delivery::Attempt attempt;
    attempt.started_at = start_ + 20ms;
    attempt.sender = "smtp";
    attempt.outcome = delivery::Attempt::Outcome::Accepted;
    attempts_.push_back(attempt);
    happens(EventType::OtpSent, 40ms);
    happens(EventType::OtpFailed, 5s, "wrong_code");
    happens(EventType::ValidationValidated, 9s);

    EXPECT_EQ(types(), (std::vector<std::string>{"created", "limit_checked", "queued", "attempt",
                                                 "sent", "wrong_code", "validated"}));
}

TEST_F(TimelineTest, PutsTheAttemptBeforeItsOutcomeWithinAMillisecond)
{
    happens(EventType::ValidationCreated, 0ms);
    happens(EventType::OtpSent, 0ms);
    happens(EventType::OtpDelivered, 0ms);
    messages_.push_back(message(0ms));
    delivery::Attempt attempt;
    attempt.started_at = start_;
    attempts_.push_back(attempt);

    EXPECT_EQ(types(), (std::vector<std::string>{"created", "limit_checked", "queued", "attempt",
                                                 "sent", "delivered"}));
}

TEST_F(TimelineTest, SaysWhyNothingWentOutToSomebodyUnknown)
{
    validation_.decoy = true;
    happens(EventType::ValidationCreated, 0ms);

    const auto entries = timeline();

    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[2].type, "not_sent");
    EXPECT_EQ(entries[2].reason, "unknown_user");
}

TEST_F(TimelineTest, RepeatsWhatTheRelaySaid)
{
    delivery::Attempt attempt;
    attempt.number = 2;
    attempt.started_at = start_;
    attempt.sender = "smtp";
    attempt.outcome = delivery::Attempt::Outcome::TemporaryFailure;
    attempt.reason = "the relay refused the recipient for now";
    attempt.provider_answer = "451 4.7.1 greylisted";
    attempts_.push_back(attempt);

    const auto entry = timeline().at(0);

    EXPECT_EQ(entry.text, "Try 2 by smtp: failed for now.");
    EXPECT_EQ(entry.reason, attempt.reason);
    EXPECT_EQ(entry.provider_answer, attempt.provider_answer);
}

TEST_F(TimelineTest, ShowsAnExpiryThatNobodyHasWrittenDownYet)
{
    happens(EventType::ValidationCreated, 0ms);
    EXPECT_EQ(types().back(), "limit_checked");

    clock_.set(validation_.expires_at);

    EXPECT_EQ(types().back(), "expired");
    happens(EventType::ValidationExpired, 10min);
    EXPECT_EQ(types().size(), 3U);
}

TEST_F(TimelineTest, TellsAReplacedCodeFromTheSameOneSentAgain)
{
    messages_.push_back(message(0ms));
    messages_.push_back(message(40s));
    EXPECT_EQ(types(), (std::vector<std::string>{"queued", "limit_checked", "queued"}));

    auto replaced = message(80s);
    replaced.expires_at += 80s;
    messages_.push_back(replaced);

    EXPECT_EQ(types(), (std::vector<std::string>{"queued", "limit_checked", "queued",
                                                 "limit_checked", "code_replaced", "queued"}));
}

TEST_F(TimelineTest, TellsALinkThatEndsALockFromACode)
{
    messages_.push_back(message(0ms));
    auto unlock = message(20s);
    unlock.id = "msg_2";
    unlock.kind = delivery::MessageKind::Unlock;
    unlock.expires_at += 24h;
    messages_.push_back(unlock);
    messages_.push_back(message(40s));
    delivery::Attempt attempt;
    attempt.message_id = unlock.id;
    attempt.sender = "smtp";
    attempt.started_at = start_ + 21s;
    attempts_.push_back(attempt);

    EXPECT_EQ(types(), (std::vector<std::string>{"queued", "unlock_queued", "attempt",
                                                 "limit_checked", "queued"}));
    EXPECT_EQ(timeline()[2].text, "Try 1 by smtp, of the link: accepted.");
}

}  // namespace
}  // namespace accessd::test
