#include "events/event_streams.h"

#include "base/log.h"
#include "events/event_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace accessd::events {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds{250};
constexpr auto kCheckEvery = std::chrono::seconds{1};   // Revocations hold everywhere within 2 s.
constexpr auto kSignOfLife = std::chrono::seconds{15};  // Proxies close what is silent for longer.
constexpr int kBatch = 100;

}  // namespace

std::string to_stream_text(const Event& event)
{
    const nlohmann::json shown{{"id", event.id},
                               {"type", to_text(event.type)},
                               {"timestamp", to_rfc3339(event.at)},
                               {"data", event_data(event)}};
    return "id: " + std::to_string(event.sequence) +
           "\nevent: " + std::string{to_text(event.type)} +
           "\ndata: " + shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
           "\n\n";
}

EventStreams::EventStreams(EventStore& store, Clock& clock) : store_(store), clock_(clock) {}

EventStreams::~EventStreams() { stop(); }

void EventStreams::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void EventStreams::stop()
{
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        for (const auto& stream : streams_) stream->text->end();
        streams_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<std::shared_ptr<LiveText>> EventStreams::open(Wish wish)
{
    auto stream = std::make_shared<Stream>();
    stream->wish = std::move(wish);
    stream->text = std::make_shared<LiveText>();
    stream->opened_at = stream->spoke_at = stream->checked_at = clock_.now();
    // Says at once that it is open, and how soon to come back after it has ended.
    stream->text->add("retry: 1000\n\n");
    {
        const std::scoped_lock lock{mutex_};
        std::erase_if(streams_, [](const auto& one) { return !one->text->is_open(); });
        const auto own = std::count_if(streams_.begin(), streams_.end(), [&](const auto& one) {
            return one->wish.caller == stream->wish.caller;
        });
        if (is_stopping_ || streams_.size() >= kStreamsMax) {
            return Error{ErrorCode::Busy, "too many event streams"};
        }
        if (own >= kOfOneCallerMax) {
            return Error{ErrorCode::Busy, "too many event streams of one caller"}.saying(
                "10 event streams are open for this caller, which is the most. Close one first.");
        }
        streams_.push_back(stream);
    }
    changed_.notify_all();
    return stream->text;
}

std::size_t EventStreams::count() const
{
    const std::scoped_lock lock{mutex_};
    return static_cast<std::size_t>(std::count_if(
        streams_.begin(), streams_.end(), [](const auto& one) { return one->text->is_open(); }));
}

void EventStreams::run()
{
    std::unique_lock lock{mutex_};
    while (!is_stopping_) {
        changed_.wait(lock, [this] { return is_stopping_ || !streams_.empty(); });
        if (is_stopping_) return;
        lock.unlock();
        try {
            feed_all();
        } catch (const std::exception& problem) {
            log::error("event streams met a bug", {{"detail", problem.what()}});
        }
        lock.lock();
        changed_.wait_for(lock, kLookEvery, [this] { return is_stopping_; });
    }
}

void EventStreams::feed_all()
{
    std::vector<std::shared_ptr<Stream>> streams;
    {
        const std::scoped_lock lock{mutex_};
        std::erase_if(streams_, [](const auto& one) { return !one->text->is_open(); });
        streams = streams_;
    }
    for (const auto& stream : streams) {
        if (!feed(*stream, clock_.now())) stream->text->end();
    }
}

/// False when the stream has come to its end.
bool EventStreams::feed(Stream& stream, TimePoint now)
{
    if (now - stream.opened_at >= kLifeMax) return false;
    if (now - stream.checked_at >= kCheckEvery) {
        stream.checked_at = now;
        if (!stream.wish.may_go_on()) return false;
    }
    const auto events = store_.after(stream.wish.project_id, stream.wish.after, kBatch);
    if (!events) return true;  // The store is away for a moment.
    std::string text;
    for (const auto& event : *events) {
        stream.wish.after = event.sequence;
        if (stream.wish.filter.takes(event)) text += to_stream_text(event);
    }
    if (text.empty() && now - stream.spoke_at >= kSignOfLife) text = ": still here\n\n";
    if (text.empty()) return true;
    stream.spoke_at = now;
    return stream.text->add(text);
}

}  // namespace accessd::events
