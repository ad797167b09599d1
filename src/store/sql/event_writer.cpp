#include "store/sql/event_writer.h"

#include "base/id.h"
#include "store/sql/claims.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace accessd::store {
namespace {

// The numbers are taken, and given out by the rows themselves, which know how far before the last one they are: so
// nobody waits for an answer, and on PostgreSQL the row that all of a project's writes want is held from here to the
// commit alone.
constexpr auto kTakeNumbers = R"(
    INSERT INTO event_sequences (project_id, last) VALUES (?1, ?2)
        ON CONFLICT (project_id) DO UPDATE SET last = event_sequences.last + excluded.last)";

// OR FAIL: an error undoes the whole job anyway. Else SQLite would keep a copy of each page that several
// rows change, to undo the statement alone.
constexpr std::string_view kInsert = R"(
    INSERT OR FAIL INTO events (project_id, sequence, id, type, at, flow_id, login_id, validation_id,
                        user_id, channel, destination, reason, metadata, count, test, subject_id)
    VALUES (?, (SELECT last FROM event_sequences WHERE project_id = ?) - ?,
            ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
constexpr std::size_t kParameters = 17;  // Of one row.
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

}  // namespace

void EventWriter::write(Connection& connection, const std::vector<events::Event>& events)
{
    if (events.empty()) return;
    // Who waits for the row itself wakes twice, and looks at it anew each time.
    connection.claim_late(Claims::key_of("events", {events.front().project_id}));
    auto before_last = static_cast<std::int64_t>(events.size());
    connection.send(kTakeNumbers, {events.front().project_id, before_last});
    std::vector<std::string> ids;  // Binds point at them.
    ids.reserve(events.size());
    std::vector<Bind> binds;
    for (auto event = events.begin(); event != events.end();) {
        const auto rows =
            std::min<std::size_t>(kRowsMax, static_cast<std::size_t>(events.end() - event));
        binds.clear();
        binds.reserve(rows * kParameters);
        for (const auto last = event + static_cast<std::ptrdiff_t>(rows); event != last; ++event) {
            ids.push_back(event->id.empty() ? make_id("evt_", event->at, random_) : event->id);
            binds.insert(binds.end(), {event->project_id, event->project_id, --before_last,
                                       ids.back(), events::to_text(event->type), event->at,
                                       or_null(event->flow_id), or_null(event->login_id),
                                       or_null(event->validation_id), or_null(event->user_id),
                                       or_null(event->channel), or_null(event->destination),
                                       or_null(event->reason), or_null(event->metadata),
                                       event->count == 0 ? Bind{nullptr} : Bind{event->count},
                                       event->test, or_null(event->subject_id)});
        }
        connection.send(insert_statement(rows), binds);
    }
}

events::Event read_event(const Rows& row, int first)
{
    events::Event event;
    event.project_id = row.text(first);
    event.sequence = row.integer(first + 1);
    event.id = row.text(first + 2);
    event.type = events::parse_event_type(row.text(first + 3)).value_or(events::EventType{});
    event.at = row.time(first + 4);
    event.flow_id = row.text(first + 5);
    event.login_id = row.text(first + 6);
    event.validation_id = row.text(first + 7);
    event.user_id = row.text(first + 8);
    event.channel = row.text(first + 9);
    event.destination = row.text(first + 10);
    event.reason = row.text(first + 11);
    event.metadata = row.text(first + 12);
    event.count = row.integer(first + 13);
    event.test = row.flag(first + 14);
    event.subject_id = row.text(first + 15);
    return event;
}

}  // namespace accessd::store
