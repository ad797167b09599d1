#include "store/sql/sql_face_store.h"

#include "store/sql/face_rows.h"
#include "store/sql/list_query.h"

namespace accessd::store {
namespace {

using biometrics::Consent;
using biometrics::FaceChanges;
using biometrics::FaceRecord;
using events::EventType;

constexpr auto kConsentColumns =
    "id, project_id, user_id, text_version, accepted_at, client_ip, recorded_at, withdrawn_at";
constexpr auto kWithdraw = "UPDATE consents SET withdrawn_at = ?2 WHERE id = ?1";
constexpr auto kChanged = R"(
    SELECT f.id, f.user_id, f.model, f.sealed_template, f.change_number, k.id, k.sealed_key
      FROM faces f JOIN face_keys k ON k.project_id = f.project_id AND k.user_id = f.user_id
     WHERE f.project_id = ?1 AND f.change_number > ?2 AND f.change_number <= ?3
       AND f.status = 'active'
     ORDER BY f.change_number LIMIT ?4)";
constexpr auto kGone = R"(
    SELECT id FROM destroyed_faces
     WHERE project_id = ?1 AND change_number > ?2 AND change_number <= ?3
     ORDER BY sequence)";
constexpr auto kByModel = R"(
    SELECT project_id, model, count(*), count(DISTINCT user_id) FROM faces
     WHERE status = 'active' GROUP BY project_id, model ORDER BY project_id, model)";
constexpr auto kUsersWithout = R"(
    SELECT DISTINCT user_id FROM faces
     WHERE project_id = ?1 AND user_id > ?3 AND status = 'active'
       AND NOT EXISTS (SELECT 1 FROM faces g
                        WHERE g.project_id = faces.project_id AND g.user_id = faces.user_id
                          AND g.status = 'active' AND g.model = ?2)
     ORDER BY user_id LIMIT ?4)";

Consent read_consent(const Rows& row)
{
    Consent consent;
    consent.id = row.text(0);
    consent.project_id = row.text(1);
    consent.user_id = row.text(2);
    consent.text_version = row.text(3);
    consent.accepted_at = row.time(4);
    consent.client_ip = row.text(5);
    consent.recorded_at = row.time(6);
    consent.withdrawn_at = row.optional_time(7);
    return consent;
}

std::vector<FaceRecord> faces_of(Connection& connection, std::string_view condition,
                                 const std::vector<Bind>& binds)
{
    std::vector<FaceRecord> faces;
    const auto sql =
        std::string{"SELECT "} + kFaceColumns + " FROM faces WHERE " + std::string{condition};
    auto row = connection.query(sql, binds);
    while (row.next()) faces.push_back(read_face(row));
    return faces;
}

std::optional<Consent> find_consent(Connection& connection, const std::string& id)
{
    static const auto sql =
        std::string{"SELECT "} + kConsentColumns + " FROM consents WHERE id = ?1";
    auto row = connection.query(sql, {id});
    if (!row.next()) return std::nullopt;
    return read_consent(row);
}

events::Event withdrawn(const Consent& consent, const FaceChange& change)
{
    events::Event event;
    event.project_id = consent.project_id;
    event.type = EventType::ConsentWithdrawn;
    event.at = change.now;
    event.user_id = consent.user_id;
    event.channel = "biometric";
    event.test = change.test;
    return event;
}

std::int64_t change_number(Connection& connection, const std::string& project_id)
{
    auto row = connection.query("SELECT change_number FROM face_projects WHERE project_id = ?1",
                                {project_id});
    return row.next() ? row.integer(0) : 0;
}

}  // namespace

Result<void> SqlFaceStore::enrol(const biometrics::NewFace& face, bool test, TimePoint now,
                                 const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        FaceChange change{.now = now, .test = test};
        ACCESSD_CHECK(put_face(connection, face, change));
        events_.write(connection, change.events);
        audit_.write(connection, audit);
        return {};
    });
}

Result<Page<FaceRecord>> SqlFaceStore::list(const std::string& project_id,
                                            const std::string& user_id, const PageRequest& page)
{
    return database_.read([&](Connection& connection) -> Result<Page<FaceRecord>> {
        ListQuery query{kFaceColumns, "faces"};
        query.where("project_id = ?", project_id);
        query.where("user_id = ?", user_id);
        return query.page(connection, page, read_face,
                          [](const FaceRecord& face) { return face.id; });
    });
}

Result<void> SqlFaceStore::remove(const std::string& project_id, const std::string& user_id,
                                  const std::string& face_id, TimePoint now, bool test,
                                  const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const auto faces = faces_of(connection, "id = ?1 AND project_id = ?2 AND user_id = ?3",
                                    {face_id, project_id, user_id});
        if (faces.empty()) return ErrorCode::FaceNotFound;
        FaceChange change{.now = now, .test = test};
        destroy_face(connection, faces.front(), biometrics::kDeletedByRequest, change);
        events_.write(connection, change.events);
        audit_.write(connection, audit);
        return {};
    });
}

Result<Page<Consent>> SqlFaceStore::consents(const std::string& project_id,
                                             const std::string& user_id, const PageRequest& page)
{
    return database_.read([&](Connection& connection) -> Result<Page<Consent>> {
        ListQuery query{kConsentColumns, "consents"};
        query.where("project_id = ?", project_id);
        query.where("user_id = ?", user_id);
        return query.page(connection, page, read_consent,
                          [](const Consent& consent) { return consent.id; });
    });
}

Result<int> SqlFaceStore::withdraw(const std::string& project_id, const std::string& user_id,
                                   const std::string& consent_id, TimePoint now, bool test,
                                   const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<int> {
        const auto consent = find_consent(connection, consent_id);
        if (!consent || consent->project_id != project_id || consent->user_id != user_id) {
            return ErrorCode::ConsentNotFound;
        }
        if (consent->withdrawn_at) return 0;
        FaceChange change{.now = now, .test = test};
        connection.run(kWithdraw, {consent_id, now});
        change.events.push_back(withdrawn(*consent, change));
        const auto faces =
            faces_of(connection, "consent_id = ?1 AND project_id = ?2", {consent_id, project_id});
        for (const auto& face : faces) {
            destroy_face(connection, face, biometrics::kDeletedByWithdrawal, change);
        }
        events_.write(connection, change.events);
        audit_.write(connection, audit);
        return static_cast<int>(faces.size());
    });
}

Result<int> SqlFaceStore::remove_unused(const std::string& project_id, TimePoint before, bool test,
                                        TimePoint now, int rows_max)
{
    constexpr auto condition = "project_id = ?1 AND used_at < ?2 AND status = 'active'"
                               " ORDER BY used_at LIMIT ?3";
    const auto unused = [&](Connection& connection) -> Result<std::vector<FaceRecord>> {
        return faces_of(connection, condition, {project_id, before, rows_max});
    };
    // Looks first, because a write costs a sync of the disk and most calls find nothing.
    ACCESSD_TRY(const auto seen, database_.read(unused));
    if (seen.empty()) return 0;
    return database_.write([&](Connection& connection) -> Result<int> {
        ACCESSD_TRY(const auto faces, unused(connection));
        FaceChange change{.now = now, .test = test};
        for (const auto& face : faces) {
            destroy_face(connection, face, biometrics::kDeletedByRetention, change);
        }
        if (!change.events.empty()) events_.write(connection, change.events);
        return static_cast<int>(faces.size());
    });
}

Result<std::string> SqlFaceStore::digest_key(const std::string& project_id,
                                             const std::string& fresh)
{
    constexpr auto find = "SELECT sealed_digest_key FROM face_projects WHERE project_id = ?1";
    constexpr auto put = R"(
        INSERT INTO face_projects (project_id, change_number, sealed_digest_key)
        VALUES (?1, 0, ?2) ON CONFLICT (project_id) DO NOTHING)";
    ACCESSD_TRY(auto found, database_.read([&](Connection& connection) -> Result<std::string> {
        auto row = connection.query(find, {project_id});
        return row.next() ? row.bytes(0) : std::string{};
    }));
    if (!found.empty()) return found;
    return database_.write([&](Connection& connection) -> Result<std::string> {
        connection.run(put, {project_id, Blob{fresh}});
        auto row = connection.query(find, {project_id});
        row.next();
        return row.bytes(0);
    });
}

Result<FaceChanges> SqlFaceStore::changes_after(const std::string& project_id, std::int64_t number,
                                                int rows_max)
{
    return database_.read([&](Connection& connection) -> Result<FaceChanges> {
        const Snapshot snapshot{connection};
        FaceChanges changes;
        changes.number = change_number(connection, project_id);
        if (changes.number == number) return changes;
        {
            auto row = connection.query(kChanged, {project_id, number, changes.number, rows_max});
            while (row.next()) {
                changes.faces.push_back({row.text(0),
                                         row.text(1),
                                         row.text(2),
                                         {row.text(5), row.bytes(6)},
                                         row.bytes(3)});
                if (changes.faces.size() < static_cast<std::size_t>(rows_max)) continue;
                changes.number = row.integer(4);
                changes.is_complete = false;
            }
        }
        auto row = connection.query(kGone, {project_id, number, changes.number});
        while (row.next()) changes.gone.push_back(row.text(0));
        return changes;
    });
}

Result<std::vector<biometrics::DestroyedFace>> SqlFaceStore::destroyed_after(std::int64_t sequence,
                                                                             int rows_max)
{
    using Found = std::vector<biometrics::DestroyedFace>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        Found found;
        auto row = connection.query("SELECT sequence, id FROM destroyed_faces WHERE sequence > ?1"
                                    " ORDER BY sequence LIMIT ?2",
                                    {sequence, rows_max});
        while (row.next()) found.push_back({row.integer(0), row.text(1)});
        return found;
    });
}

Result<std::vector<biometrics::ModelCount>> SqlFaceStore::count_by_model()
{
    using Found = std::vector<biometrics::ModelCount>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        Found found;
        auto row = connection.query(kByModel);
        while (row.next()) {
            found.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3)});
        }
        return found;
    });
}

Result<std::vector<std::string>> SqlFaceStore::users_without(const std::string& project_id,
                                                             std::string_view model,
                                                             const std::string& after, int rows_max)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<std::string>> {
        std::vector<std::string> users;
        auto row = connection.query(kUsersWithout, {project_id, model, after, rows_max});
        while (row.next()) users.push_back(row.text(0));
        return users;
    });
}

}  // namespace accessd::store
