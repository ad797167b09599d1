#include "store/sql/import_rows.h"

#include "store/sql/user_rows.h"

#include <string_view>
#include <utility>

namespace accessd::store {
namespace {

using users::Import;
using users::ImportMode;
using users::ImportStatus;

constexpr auto kFind = R"(
    SELECT id, project_id, source_id, mode, dry_run, status, problem, bytes, bytes_read, row_count,
           refused, added, changed, removed, created_at, updated_at
      FROM imports WHERE id = ?1)";
// Which of its values was there before is asked only where nothing was inserted: seldom.
constexpr auto kKeep = R"(
    INSERT INTO import_rows (import_id, line, user_id, new_id, email, phone, name, claims)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT DO NOTHING)";
constexpr auto kRefuse = R"(
    INSERT INTO import_refusals (import_id, line, reason) VALUES (?1, ?2, ?3)
    ON CONFLICT DO NOTHING)";
constexpr auto kCountRefused = R"(
    UPDATE imports SET refused = (SELECT count(*) FROM import_refusals WHERE import_id = ?1)
     WHERE id = ?1)";

// Who a row is: the id that it gives, else whoever has its email, else its phone, else somebody new.
constexpr auto kFindTargets = R"(
    UPDATE import_rows SET target_id = coalesce(user_id,
        (SELECT u.user_id FROM users u WHERE u.project_id = ?2 AND u.email = import_rows.email),
        (SELECT u.user_id FROM users u WHERE u.project_id = ?2 AND u.phone = import_rows.phone),
        new_id)
     WHERE import_id = ?1)";
constexpr auto kRefuseSameTarget = R"(
    INSERT INTO import_refusals (import_id, line, reason)
    SELECT r.import_id, r.line, 'is the same person as an earlier row' FROM import_rows r
     WHERE r.import_id = ?1 AND EXISTS
           (SELECT 1 FROM import_rows e
             WHERE e.import_id = r.import_id AND e.target_id = r.target_id AND e.line < r.line)
    ON CONFLICT DO NOTHING)";
// {contact}: whose owner is another person, and one who stays.
constexpr std::string_view kRefuseTaken = R"(
    INSERT INTO import_refusals (import_id, line, reason)
    SELECT r.import_id, r.line, 'has the {contact} of another person in the directory'
      FROM import_rows r JOIN users u ON u.project_id = ?2 AND u.{contact} = r.{contact}
     WHERE r.import_id = ?1 AND u.user_id <> r.target_id AND (?3 = 'add' OR EXISTS
           (SELECT 1 FROM import_rows k WHERE k.import_id = ?1 AND k.target_id = u.user_id))
    ON CONFLICT DO NOTHING)";
constexpr auto kDropRefused = R"(
    DELETE FROM import_rows WHERE import_id = ?1 AND line IN
        (SELECT line FROM import_refusals WHERE import_id = ?1))";

constexpr auto kCountAdded = R"(
    SELECT count(*) FROM import_rows r WHERE r.import_id = ?1 AND NOT EXISTS
        (SELECT 1 FROM users u WHERE u.project_id = ?2 AND u.user_id = r.target_id))";
// ?3 to ?6: whether the file has the column. `IS NOT DISTINCT FROM` is not SQLite's: coalesce stands for it.
constexpr std::string_view kDiffers = R"(
    ((?3 <> 0 AND coalesce(u.email, '') <> coalesce(r.email, ''))
     OR (?4 <> 0 AND coalesce(u.phone, '') <> coalesce(r.phone, ''))
     OR (?5 <> 0 AND coalesce(u.name, '') <> coalesce(r.name, ''))
     OR (?6 <> 0 AND u.claims <> r.claims)))";
constexpr std::string_view kCountChanged = R"(
    SELECT count(*) FROM import_rows r JOIN users u ON u.project_id = ?2 AND u.user_id = r.target_id
     WHERE r.import_id = ?1 AND )";
constexpr std::string_view kChange = R"(
    UPDATE users AS u
       SET email = CASE WHEN ?3 <> 0 THEN r.email ELSE u.email END,
           phone = CASE WHEN ?4 <> 0 THEN r.phone ELSE u.phone END,
           name = CASE WHEN ?5 <> 0 THEN r.name ELSE u.name END,
           claims = CASE WHEN ?6 <> 0 THEN r.claims ELSE u.claims END,
           updated_at = ?7, version = u.version + 1
      FROM import_rows r
     WHERE r.import_id = ?1 AND u.project_id = ?2 AND u.user_id = r.target_id AND )";
constexpr auto kAdd = R"(
    INSERT INTO users (project_id, user_id, email, phone, name, claims, created_at, updated_at, version)
    SELECT ?2, r.target_id, r.email, r.phone, r.name, r.claims, ?3, ?3, 1 FROM import_rows r
     WHERE r.import_id = ?1 AND NOT EXISTS
           (SELECT 1 FROM users u WHERE u.project_id = ?2 AND u.user_id = r.target_id))";
constexpr std::string_view kNotInFile = R"( FROM users u
     WHERE u.project_id = ?2 AND NOT EXISTS
           (SELECT 1 FROM import_rows r WHERE r.import_id = ?1 AND r.target_id = u.user_id))";
constexpr auto kFinish = R"(
    UPDATE imports SET status = ?2, problem = ?3, added = ?4, changed = ?5, removed = ?6,
                       updated_at = ?7
     WHERE id = ?1)";

constexpr auto kNothingReplaced =
    "Rows were refused, and whoever is missing from a file that replaces the directory would be "
    "erased. Nothing was changed: mend the rows and import the file again.";

std::string about(std::string_view sql, std::string_view contact)
{
    constexpr std::string_view place = "{contact}";
    std::string text{sql};
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place)) {
        text.replace(at, place.size(), contact);
    }
    return text;
}

std::string changed_sql(std::string_view start)
{
    return std::string{start} + std::string{kDiffers};
}

std::int64_t count(Connection& connection, std::string_view sql, std::initializer_list<Bind> binds)
{
    auto row = connection.query(sql, binds);
    return row.next() ? row.integer(0) : 0;
}

/// Decides who each row is, and refuses those that would take somebody else's place.
void settle_rows(Connection& connection, const Import& import)
{
    static const auto taken_email = about(kRefuseTaken, "email");
    static const auto taken_phone = about(kRefuseTaken, "phone");
    const auto mode = users::to_text(import.mode);
    connection.run(kFindTargets, {import.id, import.project_id});
    connection.run(kRefuseSameTarget, {import.id});
    connection.run(kDropRefused, {import.id});
    connection.run(taken_email, {import.id, import.project_id, mode});
    connection.run(taken_phone, {import.id, import.project_id, mode});
    connection.run(kDropRefused, {import.id});
    count_refused(connection, import.id);
}

/// Erases whoever isn't in the file, contact by contact and record by record, as erasing one by one would.
void erase_missing(Connection& connection, const Import& import, const PersonPlace& place,
                   std::vector<events::Event>& written)
{
    static const auto sql = "SELECT u.user_id" + std::string{kNotInFile};
    std::vector<std::string> missing;
    {
        auto row = connection.query(sql, {import.id, import.project_id});
        while (row.next()) missing.push_back(row.text(0));
    }
    for (const auto& user_id : missing) {
        const auto user = find_user(connection, import.project_id, user_id);
        if (!user) continue;
        erase_user(connection, *user);
        written.push_back(event_of(*user, events::EventType::UserDeleted, place.now, place.test));
    }
}

void change_directory(Connection& connection, const Import& import,
                      const users::ImportColumns& columns, const PersonPlace& place,
                      std::vector<events::Event>& written)
{
    static const auto change = changed_sql(kChange);
    if (import.mode == ImportMode::Replace) erase_missing(connection, import, place, written);
    connection.run(change, {import.id, import.project_id, columns.email, columns.phone,
                            columns.name, columns.claims, place.now});
    connection.run(kAdd, {import.id, import.project_id, place.now});
}

}  // namespace

std::optional<Import> find_import(Connection& connection, const std::string& id)
{
    auto row = connection.query(kFind, {id});
    if (!row.next()) return std::nullopt;
    Import import;
    import.id = row.text(0);
    import.project_id = row.text(1);
    import.source_id = row.text(2);
    import.mode = users::parse_import_mode(row.text(3)).value_or(ImportMode::Add);
    import.is_dry_run = row.flag(4);
    import.status = users::parse_import_status(row.text(5)).value_or(ImportStatus::Failed);
    import.problem = row.text(6);
    import.bytes = row.integer(7);
    import.bytes_read = row.integer(8);
    import.rows = row.integer(9);
    import.refused = row.integer(10);
    import.added = row.integer(11);
    import.changed = row.integer(12);
    import.removed = row.integer(13);
    import.created_at = row.time(14);
    import.updated_at = row.time(15);
    return import;
}

void keep_row(Connection& connection, const std::string& import_id, const users::ImportRow& row)
{
    const int kept = connection.run(kKeep, {import_id, row.line, or_null(row.user_id), row.new_id,
                                            row.email, row.phone, row.name, row.claims});
    if (kept == 1) return;
    const auto is_there = [&](std::string_view column, const Bind& value) {
        const auto sql =
            "SELECT 1 FROM import_rows WHERE import_id = ?1 AND " + std::string{column} + " = ?2";
        auto found = connection.query(sql, {Bind{import_id}, value});
        return found.next();
    };
    std::string repeated = "phone";
    if (row.email && is_there("email", *row.email)) repeated = "email";
    if (!row.user_id.empty() && is_there("user_id", row.user_id)) repeated = "user_id";
    refuse_row(connection, import_id, {row.line, "has the " + repeated + " of an earlier row"});
}

void refuse_row(Connection& connection, const std::string& import_id,
                const users::RefusedRow& refused)
{
    connection.run(kRefuse, {import_id, refused.line, refused.reason});
}

void drop_rows(Connection& connection, const std::string& import_id)
{
    connection.run("DELETE FROM import_rows WHERE import_id = ?1", {import_id});
}

void count_refused(Connection& connection, const std::string& import_id)
{
    connection.run(kCountRefused, {import_id});
}

Import apply_rows(Connection& connection, const Import& import, const users::ImportColumns& columns,
                  const PersonPlace& place, std::vector<events::Event>& written)
{
    static const auto count_changed = changed_sql(kCountChanged);
    static const auto count_missing = "SELECT count(*)" + std::string{kNotInFile};
    settle_rows(connection, import);
    auto done = *find_import(connection, import.id);
    done.status = ImportStatus::Done;
    const bool is_replacing = import.mode == ImportMode::Replace;
    if (is_replacing && done.refused > 0) {
        done.status = ImportStatus::Failed;
        done.problem = kNothingReplaced;
    } else {
        done.added = count(connection, kCountAdded, {import.id, import.project_id});
        done.changed = count(connection, count_changed,
                             {import.id, import.project_id, columns.email, columns.phone,
                              columns.name, columns.claims});
        if (is_replacing) {
            done.removed = count(connection, count_missing, {import.id, import.project_id});
        }
        if (!import.is_dry_run) change_directory(connection, import, columns, place, written);
    }
    done.updated_at = place.now;
    connection.run(kFinish, {done.id, users::to_text(done.status), or_null(done.problem),
                             done.added, done.changed, done.removed, place.now});
    return done;
}

events::Event finished_event(const Import& import, TimePoint at, bool test)
{
    events::Event event;
    event.project_id = import.project_id;
    event.type = events::EventType::ImportFinished;
    event.at = at;
    event.subject_id = import.id;
    event.reason = std::string{import.status == ImportStatus::Done ? "done" : "failed"} +
                   (import.is_dry_run ? " (dry run)" : "");
    event.count = import.added + import.changed + import.removed;
    event.test = test;
    return event;
}

}  // namespace accessd::store
