#include "store/sql/face_rows.h"
#include "store/sql/sql_face_store.h"

#include <unordered_set>

namespace accessd::store {
namespace {

using biometrics::DestroyedFace;
using biometrics::FaceRecord;
using biometrics::Provenance;

// A number that stays the same as long as a database does: PostgreSQL gives each cluster an identifier, starts a new
// timeline whenever one was brought back or another server took over, and numbers databases. The embedded store has 0.
constexpr auto kOrigin = R"(
    SELECT CAST(0 AS BIGINT) /*pg # (SELECT system_identifier FROM pg_control_system())
         # (SELECT CAST(oid AS BIGINT) << 32 FROM pg_database WHERE datname = current_database())
         # CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS BIT(32)) AS BIGINT)*/)";
// Servers that are only like PostgreSQL lack them, and administrators may have taken them away.
constexpr int kFunctions = 3;
constexpr auto kCanTell = R"(
    SELECT 3 /*pg - 3 + count(*) FROM pg_proc
     WHERE proname IN ('pg_control_system', 'pg_walfile_name', 'pg_current_wal_lsn')
       AND has_function_privilege(oid, 'EXECUTE')*/)";
constexpr auto kKnownOrigin = "SELECT value FROM counters WHERE name = 'database_origin'";
constexpr auto kKnow = R"(
    INSERT INTO counters (name, value) VALUES ('database_origin', ?1)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value)";

std::int64_t number_of(Connection& connection, std::string_view sql)
{
    auto row = connection.query(sql);
    return row.next() ? row.integer(0) : 0;
}

/// 0: it can't tell.
std::int64_t origin_of(Connection& connection)
{
    return number_of(connection, kCanTell) < kFunctions ? 0 : number_of(connection, kOrigin);
}

using Ids = std::unordered_set<std::string>;

/// Those of the list that the database doesn't name, in their order.
std::vector<std::string> unnamed(Connection& connection, const std::vector<DestroyedFace>& list)
{
    Ids named;
    {
        auto row = connection.query("SELECT id FROM destroyed_faces");
        while (row.next()) named.insert(row.text(0));
    }
    std::vector<std::string> found;
    for (const auto& one : list) {
        if (named.insert(one.id).second) found.push_back(one.id);
    }
    return found;
}

struct Key {
    std::string id;
    std::string project_id;
    std::string user_id;
};

// Each looks through a whole table once: there is no index by these ids, and this is rare.

std::vector<Key> keys_among(Connection& connection, const Ids& ids)
{
    std::vector<Key> found;
    auto row = connection.query("SELECT id, project_id, user_id FROM face_keys");
    while (row.next()) {
        if (ids.contains(row.text(0))) found.push_back({row.text(0), row.text(1), row.text(2)});
    }
    return found;
}

std::vector<FaceRecord> faces_among(Connection& connection, const Ids& ids)
{
    static const auto sql = std::string{"SELECT "} + kFaceColumns + " FROM faces";
    std::vector<FaceRecord> found;
    auto row = connection.query(sql);
    while (row.next()) {
        if (ids.contains(row.text(0))) found.push_back(read_face(row));
    }
    return found;
}

}  // namespace

Result<Provenance> SqlFaceStore::provenance()
{
    return database_.read([](Connection& connection) -> Result<Provenance> {
        const auto origin = origin_of(connection);
        const auto known = number_of(connection, kKnownOrigin);
        if (origin == 0 || origin == known) return Provenance::Known;
        auto row = connection.query("SELECT 1 FROM face_keys LIMIT 1");
        return known != 0 && row.next() ? Provenance::Other : Provenance::New;
    });
}

Result<void> SqlFaceStore::take_as_known()
{
    return database_.write([](Connection& connection) -> Result<void> {
        const auto origin = origin_of(connection);
        if (origin != 0) connection.run(kKnow, {origin});
        return {};
    });
}

Result<int> SqlFaceStore::destroy_again(const std::vector<DestroyedFace>& destroyed, TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<int> {
        const auto missing = unnamed(connection, destroyed);
        Ids ids{missing.begin(), missing.end()};
        int faces = 0;
        for (const auto& key : keys_among(connection, ids)) {
            faces += destroy_key(connection, key.project_id, key.user_id);
            name_destroyed(connection, key.id, key.project_id);
            ids.erase(key.id);
        }
        FaceChange change{.now = now};
        for (const auto& face : faces_among(connection, ids)) {
            destroy_face(connection, face, biometrics::kDeletedByRequest, change);
            ids.erase(face.id);
            ++faces;
        }
        for (const auto& id : missing) {
            if (ids.contains(id)) name_destroyed(connection, id, {});
        }
        return faces;
    });
}

}  // namespace accessd::store
