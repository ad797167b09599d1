#pragma once

#include "base/clock.h"
#include "base/live_text.h"
#include "base/result.h"
#include "events/event_store.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace accessd::events {

/// Feeds those who follow what happens (server-sent events). One thread reads for all of them; sending is the
/// reader's. A stream ends when its caller may no longer see it, after kLifeMax, or when its reader falls behind;
/// whoever wants more comes back with the number of the last event. Threads: safe to call concurrently.
class EventStreams {
public:
    static constexpr std::size_t kStreamsMax = 100;
    static constexpr int kOfOneCallerMax = 10;
    static constexpr auto kLifeMax = std::chrono::minutes{15};

    struct Wish {
        std::string project_id;
        EventFilter filter;
        std::int64_t after = 0;  ///< Sequence; events behind it are wanted.
        std::string caller;      ///< Key or admin, to count by.
        std::function<bool()>
            may_go_on;  ///< Asked every second. Called on the streams' own thread.
    };

    EventStreams(EventStore& store, Clock& clock);
    ~EventStreams();

    void start();
    /// Ends every stream.
    void stop();

    /// Errors: Busy (kStreamsMax in all, kOfOneCallerMax of this caller).
    Result<std::shared_ptr<LiveText>> open(Wish wish);
    std::size_t count() const;

private:
    struct Stream {
        Wish wish;
        std::shared_ptr<LiveText> text;
        TimePoint opened_at;
        TimePoint spoke_at;
        TimePoint checked_at;
    };

    void run();
    void feed_all();
    bool feed(Stream& stream, TimePoint now);

    EventStore& store_;
    Clock& clock_;
    mutable std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Stream>> streams_;
    bool is_stopping_ = false;
    std::thread thread_;
};

/// One event as a stream sends it: id (its sequence), type, and JSON with id, type, timestamp and data.
std::string to_stream_text(const Event& event);

}  // namespace accessd::events
