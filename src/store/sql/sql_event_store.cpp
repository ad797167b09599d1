#include "store/sql/sql_event_store.h"

#include "store/sql/event_writer.h"

#include <charconv>
#include <chrono>
#include <string>
#include <utility>

namespace accessd::store {
namespace {

using Events = std::vector<events::Event>;

/// Rows that a list's filters look at for one page.
constexpr int kRowsMax = 2000;
/// Times rise with numbers, but for what was written at the same moment.
constexpr auto kDisorder = std::chrono::minutes{1};

Events read_all(Rows rows)
{
    Events found;
    while (rows.next()) found.push_back(read_event(rows));
    return found;
}

}  // namespace

Result<Events> SqlEventStore::of_validation(const std::string& project_id,
                                            const std::string& validation_id)
{
    static const auto sql = std::string{"SELECT "} + kEventColumns +
                            " FROM events WHERE validation_id = ?1 AND project_id = ?2"
                            " ORDER BY sequence";
    return database_.read([&](Connection& connection) -> Result<Events> {
        return read_all(connection.query(sql, {validation_id, project_id}));
    });
}

Result<Page<events::Event>> SqlEventStore::list(const std::string& project_id,
                                                const events::EventFilter& filter,
                                                const PageRequest& page)
{
    static const auto sql = std::string{"SELECT "} + kEventColumns +
                            " FROM events WHERE project_id = ?1 AND sequence < ?2"
                            " ORDER BY sequence DESC LIMIT ?3";
    std::int64_t before = INT64_MAX;
    if (page.after) {
        std::from_chars(page.after->data(), page.after->data() + page.after->size(), before);
    }
    return database_.read([&](Connection& connection) -> Result<Page<events::Event>> {
        Page<events::Event> found;
        auto row = connection.query(sql, {project_id, before, kRowsMax + 1});
        std::int64_t passed = 0;
        for (int looked_at = 0; row.next(); ++looked_at) {
            const bool is_full = found.items.size() == static_cast<std::size_t>(page.limit);
            if (is_full || looked_at == kRowsMax) {
                found.next = std::to_string(passed);
                break;
            }
            auto event = read_event(row);
            passed = event.sequence;
            if (filter.from && event.at < *filter.from - kDisorder) break;
            if (filter.takes(event)) found.items.push_back(std::move(event));
        }
        return found;
    });
}

Result<std::int64_t> SqlEventStore::last_sequence(const std::string& project_id)
{
    return database_.read([&](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query("SELECT last FROM event_sequences WHERE project_id = ?1",
                                    {project_id});
        return row.next() ? row.integer(0) : std::int64_t{0};
    });
}

Result<Events> SqlEventStore::after(const std::string& project_id, std::int64_t sequence, int limit)
{
    static const auto sql = std::string{"SELECT "} + kEventColumns +
                            " FROM events WHERE project_id = ?1 AND sequence > ?2"
                            " ORDER BY sequence LIMIT ?3";
    return database_.read([&](Connection& connection) -> Result<Events> {
        return read_all(connection.query(sql, {project_id, sequence, limit}));
    });
}

}  // namespace accessd::store
