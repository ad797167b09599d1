#include "store/sqlite/event_writer.h"

#include "base/id.h"

namespace accessd::store {
namespace {

constexpr auto kTakeNumbers = R"(
    INSERT INTO event_sequences (project_id, last) VALUES (?1, ?2)
        ON CONFLICT (project_id) DO UPDATE SET last = last + ?2
    RETURNING last)";

constexpr auto kInsert = R"(
    INSERT INTO events (project_id, sequence, id, type, at, flow_id, login_id, validation_id,
                        user_id, channel, destination, reason, metadata, count, test)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15))";

}  // namespace

void EventWriter::write(Connection& connection, const std::vector<events::Event>& events)
{
    if (events.empty()) return;
    const auto count = static_cast<std::int64_t>(events.size());
    std::int64_t sequence = 0;
    {
        auto numbers = connection.query(kTakeNumbers, {events.front().project_id, count});
        numbers.next();
        sequence = numbers.integer(0) - count;
        numbers.next();  // To its end, so that the change counts as done.
    }
    for (const auto& event : events) {
        const auto id = event.id.empty() ? make_id("evt_", event.at, random_) : event.id;
        connection.run(kInsert, {event.project_id, ++sequence, id, events::to_text(event.type),
                                 event.at, or_null(event.flow_id), or_null(event.login_id),
                                 or_null(event.validation_id), or_null(event.user_id),
                                 or_null(event.channel), or_null(event.destination),
                                 or_null(event.reason), or_null(event.metadata),
                                 event.count == 0 ? Bind{nullptr} : Bind{event.count}, event.test});
    }
}

events::Event read_event(const Rows& row)
{
    events::Event event;
    event.project_id = row.text(0);
    event.sequence = row.integer(1);
    event.id = row.text(2);
    event.type = events::parse_event_type(row.text(3)).value_or(events::EventType{});
    event.at = row.time(4);
    event.flow_id = row.text(5);
    event.login_id = row.text(6);
    event.validation_id = row.text(7);
    event.user_id = row.text(8);
    event.channel = row.text(9);
    event.destination = row.text(10);
    event.reason = row.text(11);
    event.metadata = row.text(12);
    event.count = row.integer(13);
    event.test = row.flag(14);
    return event;
}

}  // namespace accessd::store
