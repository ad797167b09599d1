#include "store/sql/sql_event_store.h"

#include "store/sql/event_writer.h"

namespace accessd::store {
namespace {

using Events = std::vector<events::Event>;

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
