#include "store/sqlite/destroy_again.h"

namespace accessd::store {
namespace {

constexpr auto kHasTable = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
constexpr auto kTakeOver = R"(
    INSERT INTO destroyed_faces (sequence, id, project_id, change_number) VALUES (?1, ?2, '', 0)
        ON CONFLICT (sequence) DO NOTHING)";
constexpr auto kCountFrom = R"(
    INSERT INTO counters (name, value) VALUES ('destroyed_faces', ?1)
        ON CONFLICT (name) DO UPDATE SET value = ?1 WHERE counters.value < ?1)";
constexpr auto kForgetPrints = R"(
    UPDATE seen_pictures SET sealed_print = x''
     WHERE NOT EXISTS (SELECT 1 FROM face_keys k
                        WHERE k.project_id = seen_pictures.project_id
                          AND k.user_id = seen_pictures.user_id))";

bool has_table(Connection& connection, std::string_view name)
{
    auto row = connection.query(kHasTable, {name});
    return row.next();
}

}  // namespace

bool has_face_keys(Connection& connection)
{
    if (!has_table(connection, "face_keys")) return false;
    auto row = connection.query("SELECT 1 FROM face_keys LIMIT 1");
    return row.next();
}

std::vector<biometrics::DestroyedFace> destroyed_in(Connection& connection)
{
    std::vector<biometrics::DestroyedFace> found;
    if (!has_table(connection, "destroyed_faces")) return found;
    auto row = connection.query("SELECT sequence, id FROM destroyed_faces ORDER BY sequence");
    while (row.next()) found.push_back({row.integer(0), row.text(1)});
    return found;
}

int destroy_again(Connection& connection, const std::vector<biometrics::DestroyedFace>& destroyed)
{
    if (destroyed.empty() || !has_table(connection, "face_keys")) return 0;
    connection.run("BEGIN IMMEDIATE");
    int faces = 0;
    std::int64_t last = 0;
    for (const auto& one : destroyed) {
        faces += connection.run("DELETE FROM faces WHERE id = ?1 OR key_id = ?1", {one.id});
        connection.run("DELETE FROM face_keys WHERE id = ?1", {one.id});
        connection.run(kTakeOver, {one.sequence, one.id});
        if (one.sequence > last) last = one.sequence;
    }
    connection.run(kCountFrom, {last});
    connection.run(kForgetPrints);
    connection.run("COMMIT");
    return faces;
}

}  // namespace accessd::store
