#include "events/event_streams.h"

#include "events/event_json.h"
#include "support/fakes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <thread>

namespace accessd::events {
namespace {

using namespace std::chrono_literals;

/// Events in memory. Threads: safe to call concurrently.
class MemoryEvents final : public EventStore {
public:
    void happens(EventType type)
    {
        const std::scoped_lock lock{mutex_};
        Event event;
        event.id = "evt_" + std::to_string(events_.size() + 1);
        event.project_id = "prj_1";
        event.type = type;
        event.sequence = static_cast<std::int64_t>(events_.size()) + 1;
        events_.push_back(event);
    }

    Result<std::vector<Event>> of_validation(const std::string&, const std::string&) override
    {
        return std::vector<Event>{};
    }
    Result<Page<Event>> list(const std::string&, const EventFilter&, const PageRequest&) override
    {
        return Page<Event>{};
    }
    Result<std::int64_t> last_sequence(const std::string&) override { return 0; }
    Result<std::vector<Event>> after(const std::string& project_id, std::int64_t sequence,
                                     int limit) override
    {
        const std::scoped_lock lock{mutex_};
        std::vector<Event> found;
        for (const auto& event : events_) {
            const bool is_wanted = event.project_id == project_id && event.sequence > sequence;
            if (is_wanted && found.size() < static_cast<std::size_t>(limit)) found.push_back(event);
        }
        return found;
    }

private:
    std::mutex mutex_;
    std::vector<Event> events_;
};

class EventStreamsTest : public testing::Test {
protected:
    EventStreamsTest() { streams_.start(); }

    EventStreams::Wish wish(std::int64_t after = 0, const std::string& caller = "key_1")
    {
        EventStreams::Wish made;
        made.project_id = "prj_1";
        made.after = after;
        made.caller = caller;
        made.may_go_on = [this] { return may_go_on_.load(); };
        return made;
    }

    /// What a stream holds once that contains a text.
    static std::string read_until(LiveText& text, const std::string& wanted)
    {
        std::string all;
        const auto until = std::chrono::steady_clock::now() + 8s;
        while (all.find(wanted) == std::string::npos && std::chrono::steady_clock::now() < until) {
            all += text.take().text;
            std::this_thread::sleep_for(5ms);
        }
        return all;
    }

    static bool ends(const LiveText& text)
    {
        const auto until = std::chrono::steady_clock::now() + 8s;
        while (text.is_open() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(5ms);
        }
        return !text.is_open();
    }

    test::FakeClock clock_;
    MemoryEvents store_;
    std::atomic<bool> may_go_on_{true};
    EventStreams streams_{store_, clock_};
};

TEST_F(EventStreamsTest, SendWhatHappensBehindASequence)
{
    store_.happens(EventType::UserCreated);
    store_.happens(EventType::LoginCompleted);
    const auto stream = *streams_.open(wish(1));

    auto all = read_until(*stream, "evt_2");
    EXPECT_TRUE(all.starts_with("retry: "));
    EXPECT_EQ(all.find("evt_1"), std::string::npos);
    EXPECT_NE(all.find("id: 2\nevent: login.completed\ndata: {"), std::string::npos) << all;

    store_.happens(EventType::UserDeleted);
    EXPECT_NE(read_until(*stream, "evt_3").find("event: user.deleted"), std::string::npos);
}

TEST_F(EventStreamsTest, SendOnlyWhatWasAskedFor)
{
    store_.happens(EventType::UserCreated);
    store_.happens(EventType::LoginCompleted);
    auto some = wish();
    some.filter.types = {EventType::LoginCompleted};
    const auto stream = *streams_.open(some);

    EXPECT_EQ(read_until(*stream, "evt_2").find("evt_1"), std::string::npos);
}

TEST_F(EventStreamsTest, EndOnceTheirCallerMayNoLongerSeeThem)
{
    const auto stream = *streams_.open(wish());
    may_go_on_ = false;
    clock_.advance(2s);

    EXPECT_TRUE(ends(*stream));
}

TEST_F(EventStreamsTest, EndAfterAWhileAndAtAStop)
{
    const auto old = *streams_.open(wish());
    clock_.advance(EventStreams::kLifeMax);
    EXPECT_TRUE(ends(*old));

    const auto running = *streams_.open(wish());
    streams_.stop();
    EXPECT_FALSE(running->is_open());
    EXPECT_EQ(streams_.open(wish()).error().code, ErrorCode::Busy);
}

TEST_F(EventStreamsTest, SayThatTheyAreThere)
{
    const auto stream = *streams_.open(wish());
    clock_.advance(15s);

    EXPECT_NE(read_until(*stream, ": still here").find(": still here\n\n"), std::string::npos);
}

TEST_F(EventStreamsTest, HaveABoundForEachCallerAndForAll)
{
    std::vector<std::shared_ptr<LiveText>> open;
    for (int i = 0; i < EventStreams::kOfOneCallerMax; ++i) open.push_back(*streams_.open(wish()));
    EXPECT_EQ(streams_.open(wish()).error().code, ErrorCode::Busy);
    for (int i = 1; open.size() < EventStreams::kStreamsMax; ++i) {
        open.push_back(*streams_.open(wish(0, "key_" + std::to_string(i / 10 + 2))));
    }
    EXPECT_EQ(streams_.open(wish(0, "another")).error().code, ErrorCode::Busy);

    open.front()->detach();
    EXPECT_TRUE(streams_.open(wish(0, "another"))) << "one has left";
}

TEST(EventJson, LeavesOutWhatDoesNotApply)
{
    Event event;
    event.project_id = "prj_1";
    event.type = EventType::WebhookDisabled;
    event.at = from_unix_millis(1'790'000'000'000);
    event.subject_id = "wh_1";
    event.reason = "gone \xff";
    event.metadata = R"({"cart": 7})";
    event.sequence = 3;

    EXPECT_EQ(
        event_body(event),
        "{\"data\":{\"metadata\":{\"cart\":7},\"project_id\":\"prj_1\",\"reason\":\"gone \xEF\xBF\xBD\","
        "\"sequence\":3,\"test\":false,\"webhook_id\":\"wh_1\"},"
        "\"timestamp\":\"2026-09-21T14:13:20.000Z\",\"type\":\"webhook.disabled\"}");
}

TEST(EventTypes, AllHaveNamesThatAreReadAgain)
{
    for (int i = 0; i <= static_cast<int>(kLastEventType); ++i) {
        const auto type = static_cast<EventType>(i);
        EXPECT_EQ(parse_event_type(to_text(type)), type);
    }
    EXPECT_FALSE(parse_event_type("login"));
}

}  // namespace
}  // namespace accessd::events
