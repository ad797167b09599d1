#include "store/sql/event_writer.h"

#include "base/id.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace accessd::store {
namespace {

// Without RETURNING, for which SQLite opens a table of its own each time.
constexpr auto kRaise = "UPDATE event_sequences SET last = last + ?2 WHERE project_id = ?1";
constexpr auto kBegin = "INSERT INTO event_sequences (project_id, last) VALUES (?1, ?2)";
constexpr auto kLast = "SELECT last FROM event_sequences WHERE project_id = ?1";

// OR FAIL: an error undoes the whole job anyway. Else SQLite would keep a copy of each page that several
// rows change, to undo the statement alone.
constexpr std::string_view kInsert = R"(
    INSERT OR FAIL INTO events (project_id, sequence, id, type, at, flow_id, login_id, validation_id,
                        user_id, channel, destination, reason, metadata, count, test)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
constexpr std::size_t kColumns = 15;
/// A change rarely has more, and a statement costs as much as the row that it writes.
constexpr std::size_t kRowsMax = 4;

/// The statement that inserts 1 to kRowsMax rows.
const std::string& insert_statement(std::size_t rows)
{
    static const auto statements = [] {
        std::array<std::string, kRowsMax> made;
        made[0] = kInsert;
        const auto row = kInsert.substr(kInsert.find("(?"));
        for (std::size_t i = 1; i < made.size(); ++i) made[i] = (made[i - 1] + ", ").append(row);
        return made;
    }();
    return statements[rows - 1];
}

/// The number before the first of `count` new ones.
std::int64_t take_numbers(Connection& connection, const std::string& project_id, std::int64_t count)
{
    if (connection.run(kRaise, {project_id, count}) == 0) {
        connection.run(kBegin, {project_id, count});
    }
    auto row = connection.query(kLast, {project_id});
    row.next();
    return row.integer(0) - count;
}

}  // namespace

void EventWriter::write(Connection& connection, const std::vector<events::Event>& events)
{
    if (events.empty()) return;
    auto sequence = take_numbers(connection, events.front().project_id,
                                 static_cast<std::int64_t>(events.size()));
    std::vector<std::string> ids;  // Binds point at them.
    ids.reserve(events.size());
    std::vector<Bind> binds;
    for (auto event = events.begin(); event != events.end();) {
        const auto rows =
            std::min<std::size_t>(kRowsMax, static_cast<std::size_t>(events.end() - event));
        binds.clear();
        binds.reserve(rows * kColumns);
        for (const auto last = event + static_cast<std::ptrdiff_t>(rows); event != last; ++event) {
            ids.push_back(event->id.empty() ? make_id("evt_", event->at, random_) : event->id);
            binds.insert(binds.end(),
                         {event->project_id, ++sequence, ids.back(), events::to_text(event->type),
                          event->at, or_null(event->flow_id), or_null(event->login_id),
                          or_null(event->validation_id), or_null(event->user_id),
                          or_null(event->channel), or_null(event->destination),
                          or_null(event->reason), or_null(event->metadata),
                          event->count == 0 ? Bind{nullptr} : Bind{event->count}, event->test});
        }
        connection.run(insert_statement(rows), binds);
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
