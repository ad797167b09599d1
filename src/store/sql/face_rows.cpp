#include "store/sql/face_rows.h"

#include "biometrics/face_store.h"
#include "store/sql/user_rows.h"
#include "store/sql/validation_rows.h"

#include <algorithm>

namespace accessd::store {
namespace {

using biometrics::BiometricValidation;
using biometrics::Consent;
using biometrics::FaceKey;
using biometrics::FaceRecord;
using biometrics::FaceStatus;
using biometrics::NewFace;
using biometrics::SeenPicture;
using events::EventType;

constexpr auto kInsertFace = R"(
    INSERT INTO faces (id, project_id, user_id, key_id, status, model, pictures, sealed_template,
                       consent_id, validation_id, created_at, activated_at, used_at, change_number)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))";
constexpr auto kActivate = R"(
    UPDATE faces SET status = 'active', activated_at = ?2, used_at = ?2, change_number = ?3
     WHERE id = ?1)";
constexpr auto kJoinFrames = R"(
    UPDATE faces SET sealed_template = ?3, pictures = ?4, frames = ?5
     WHERE project_id = ?1 AND id = ?2 AND status = 'provisional' AND frames = 0)";
constexpr auto kRefresh = R"(
    UPDATE faces SET sealed_refresh = ?4, refreshed_at = ?5
     WHERE project_id = ?1 AND user_id = ?2 AND id = ?3)";
constexpr auto kForgetRefresh = R"(
    UPDATE faces SET sealed_refresh = NULL, refreshed_at = NULL
     WHERE project_id = ?1 AND user_id = ?2 AND refreshed_at IS NOT NULL)";
constexpr auto kNextChange =
    "UPDATE face_projects SET change_number = change_number + 1 WHERE project_id = ?1";
constexpr auto kChange = "SELECT change_number FROM face_projects WHERE project_id = ?1";

constexpr auto kNextDestroyed = R"(
    INSERT INTO counters (name, value) VALUES ('destroyed_faces', 1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1)";
constexpr auto kLastDestroyed = "SELECT value FROM counters WHERE name = 'destroyed_faces'";
constexpr auto kInsertDestroyed = R"(
    INSERT INTO destroyed_faces (sequence, id, project_id, change_number)
    VALUES (?1, ?2, ?3, ?4))";

constexpr auto kInsertKey = R"(
    INSERT INTO face_keys (project_id, user_id, id, sealed_key, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5))";
constexpr auto kInsertConsent = R"(
    INSERT INTO consents (id, project_id, user_id, text_version, accepted_at, client_ip, recorded_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))";
constexpr auto kRemember = R"(
    INSERT INTO seen_pictures (project_id, digest, validation_id, user_id, seen_as, sealed_print,
                               seen_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (project_id, digest, validation_id) DO UPDATE
       SET seen_as = CASE WHEN seen_pictures.seen_as = 'matched' THEN excluded.seen_as
                          ELSE seen_pictures.seen_as END)";
// What they were like can be read no more without the key; that they were seen stays known for a while.
constexpr auto kForgetPrints =
    "UPDATE seen_pictures SET sealed_print = ?3 WHERE project_id = ?1 AND user_id = ?2";

constexpr auto kBiometric = R"(
    SELECT face_id, replaces, advances_login, needs_liveness, challenge, challenged_at, face_done_at,
           liveness_done_at, assurance, takes_frames
      FROM biometric_validations WHERE validation_id = ?1)";

std::int64_t next_change(Connection& connection, const std::string& project_id)
{
    connection.run(kNextChange, {project_id});
    auto row = connection.query(kChange, {project_id});
    return row.next() ? row.integer(0) : 0;
}

void name_destroyed(Connection& connection, const std::string& id, const std::string& project_id,
                    std::int64_t number)
{
    connection.run(kNextDestroyed);
    std::int64_t sequence = 0;
    {
        auto row = connection.query(kLastDestroyed);
        if (row.next()) sequence = row.integer(0);
    }
    connection.run(kInsertDestroyed, {sequence, id, project_id, number});
}

events::Event face_event(const FaceRecord& face, EventType type, const FaceChange& change)
{
    events::Event event;
    event.project_id = face.project_id;
    event.type = type;
    event.at = change.now;
    event.user_id = face.user_id;
    event.channel = "biometric";
    event.test = change.test;
    return event;
}

void insert_consent(Connection& connection, const Consent& consent)
{
    connection.run(kInsertConsent,
                   {consent.id, consent.project_id, consent.user_id, consent.text_version,
                    consent.accepted_at, or_null(consent.client_ip), consent.recorded_at});
}

Result<void> find_or_make_user(Connection& connection, const NewFace& enrolled, FaceChange& change)
{
    const auto& face = enrolled.face;
    if (find_user(connection, face.project_id, face.user_id)) return {};
    if (!enrolled.create_user) return ErrorCode::UserNotFound;
    users::User user;
    user.project_id = face.project_id;
    user.user_id = face.user_id;
    user.created_at = user.updated_at = change.now;
    insert_user(connection, user);
    change.events.push_back(event_of(user, EventType::UserCreated, change.now, change.test));
    return {};
}

std::vector<std::string> active_ids(Connection& connection, const std::string& project_id,
                                    const std::string& user_id)
{
    std::vector<std::string> ids;
    for (const auto& active : active_faces(connection, project_id, user_id)) {
        ids.push_back(active.id);
    }
    return ids;
}

/// Nobody else enrolled or erased the person since the new face was compared and sealed.
Result<void> check_unchanged(Connection& connection, const NewFace& enrolled, TimePoint now)
{
    const auto& face = enrolled.face;
    const auto ids = active_ids(connection, face.project_id, face.user_id);
    if (ids != enrolled.compared_with) return ErrorCode::Conflict;
    const auto key = find_face_key(connection, face.project_id, face.user_id);
    if (key && key->id != enrolled.key.id) return ErrorCode::Conflict;
    if (!key) {
        connection.run(kInsertKey, {face.project_id, face.user_id, enrolled.key.id,
                                    Blob{enrolled.key.sealed}, now});
    }
    return {};
}

}  // namespace

FaceRecord read_face(const Rows& row)
{
    FaceRecord face;
    face.id = row.text(0);
    face.project_id = row.text(1);
    face.user_id = row.text(2);
    face.key_id = row.text(3);
    face.status = biometrics::parse_face_status(row.text(4)).value_or(FaceStatus::Provisional);
    face.model = row.text(5);
    face.pictures = row.small(6);
    face.sealed_template = row.bytes(7);
    face.consent_id = row.text(8);
    face.validation_id = row.text(9);
    face.created_at = row.time(10);
    face.activated_at = row.optional_time(11);
    face.used_at = row.time(12);
    face.sealed_refresh = row.bytes(13);
    face.refreshed_at = row.optional_time(14);
    face.frames = row.small(15);
    return face;
}

std::vector<FaceRecord> active_faces(Connection& connection, const std::string& project_id,
                                     const std::string& user_id)
{
    static const auto sql = std::string{"SELECT "} + kFaceColumns +
                            " FROM faces WHERE project_id = ?1 AND user_id = ?2"
                            " AND status = 'active' ORDER BY id";
    std::vector<FaceRecord> faces;
    auto row = connection.query(sql, {project_id, user_id});
    while (row.next()) faces.push_back(read_face(row));
    return faces;
}

std::optional<FaceKey> find_face_key(Connection& connection, const std::string& project_id,
                                     const std::string& user_id)
{
    auto row = connection.query(
        "SELECT id, sealed_key FROM face_keys WHERE project_id = ?1 AND user_id = ?2",
        {project_id, user_id});
    if (!row.next()) return std::nullopt;
    return FaceKey{row.text(0), row.bytes(1)};
}

Result<void> put_face(Connection& connection, const NewFace& enrolled, FaceChange& change)
{
    const auto& face = enrolled.face;
    ACCESSD_CHECK(find_or_make_user(connection, enrolled, change));
    ACCESSD_CHECK(check_unchanged(connection, enrolled, change.now));
    connection.run(kInsertFace,
                   {face.id, face.project_id, face.user_id, face.key_id,
                    biometrics::to_text(FaceStatus::Provisional), face.model, face.pictures,
                    Blob{face.sealed_template}, or_null(face.consent_id),
                    or_null(face.validation_id), face.created_at, nullptr, face.used_at, 0});
    if (enrolled.consent) {
        insert_consent(connection, *enrolled.consent);
        change.events.push_back(face_event(face, EventType::ConsentRecorded, change));
    }
    remember_pictures(connection, face.project_id, face.user_id, enrolled.pictures);
    if (face.status == FaceStatus::Active) {
        activate_face(connection, face, enrolled.replaces, enrolled.faces_max, change);
    }
    return {};
}

int join_frames(Connection& connection, const std::string& project_id, const std::string& face_id,
                const biometrics::JoiningFrames& joining)
{
    const int joined =
        connection.run(kJoinFrames, {project_id, face_id, Blob{joining.sealed_template},
                                     joining.pictures, joining.frames});
    return joined == 1 ? joining.frames : 0;
}

void activate_face(Connection& connection, const FaceRecord& face, bool replaces, int faces_max,
                   FaceChange& change)
{
    auto earlier = active_faces(connection, face.project_id, face.user_id);
    connection.run(kActivate, {face.id, change.now, next_change(connection, face.project_id)});
    change.events.push_back(face_event(face, EventType::FaceRegistered, change));
    change.events.back().validation_id = face.validation_id;
    const auto kept = replaces ? std::size_t{0} : static_cast<std::size_t>(faces_max - 1);
    if (earlier.size() <= kept) return;
    earlier.resize(earlier.size() - kept);
    for (const auto& old : earlier) {
        destroy_face(connection, old, biometrics::kDeletedByReplacement, change);
    }
}

bool refresh_face(Connection& connection, const std::string& project_id, const std::string& user_id,
                  const biometrics::FaceRefresh& refresh, TimePoint now)
{
    if (active_ids(connection, project_id, user_id) != refresh.compared_with) return false;
    connection.run(kForgetRefresh, {project_id, user_id});
    const int kept = connection.run(
        kRefresh, {project_id, user_id, refresh.face_id, Blob{refresh.sealed_refresh}, now});
    return kept == 1;
}

void destroy_face(Connection& connection, const FaceRecord& face, const std::string& reason,
                  FaceChange& change)
{
    const auto number = next_change(connection, face.project_id);
    connection.run("DELETE FROM faces WHERE id = ?1", {face.id});
    name_destroyed(connection, face.id, face.project_id, number);
    if (face.status == FaceStatus::Active) {
        // It was taken for the person's because of the faces that there were.
        connection.run(kForgetRefresh, {face.project_id, face.user_id});
        change.events.push_back(face_event(face, EventType::FaceDeleted, change));
        change.events.back().reason = reason;
    }
    {
        auto row =
            connection.query("SELECT 1 FROM faces WHERE project_id = ?1 AND user_id = ?2 LIMIT 1",
                             {face.project_id, face.user_id});
        if (row.next()) return;
    }
    destroy_key(connection, face.project_id, face.user_id);
    name_destroyed(connection, face.key_id, face.project_id, number);
}

void name_destroyed(Connection& connection, const std::string& id, const std::string& project_id)
{
    const auto number = project_id.empty() ? 0 : next_change(connection, project_id);
    name_destroyed(connection, id, project_id, number);
}

int destroy_key(Connection& connection, const std::string& project_id, const std::string& user_id)
{
    const int faces = connection.run("DELETE FROM faces WHERE project_id = ?1 AND user_id = ?2",
                                     {project_id, user_id});
    connection.run("DELETE FROM face_keys WHERE project_id = ?1 AND user_id = ?2",
                   {project_id, user_id});
    connection.run(kForgetPrints, {project_id, user_id, Blob{""}});
    return faces;
}

int erase_faces_of(Connection& connection, const std::string& project_id,
                   const std::string& user_id)
{
    if (const auto key = find_face_key(connection, project_id, user_id)) {
        name_destroyed(connection, key->id, project_id, next_change(connection, project_id));
    }
    int faces = 0;
    for (const auto* sql :
         {"DELETE FROM faces WHERE project_id = ?1 AND user_id = ?2",
          "DELETE FROM face_keys WHERE project_id = ?1 AND user_id = ?2",
          "DELETE FROM biometric_validations WHERE validation_id IN"
          " (SELECT id FROM validations WHERE project_id = ?1 AND user_id = ?2)",
          "DELETE FROM consents WHERE project_id = ?1 AND user_id = ?2",
          "DELETE FROM seen_pictures WHERE project_id = ?1 AND user_id = ?2",
          "DELETE FROM failure_counters"
          " WHERE project_id = ?1 AND contact = ?2 AND method = 'biometric'",
          "DELETE FROM locks WHERE project_id = ?1 AND contact = ?2 AND method = 'biometric'"}) {
        const int gone = connection.run(sql, {project_id, user_id});
        if (std::string_view{sql}.starts_with("DELETE FROM faces ")) faces = gone;
    }
    return faces;
}

void erase_faces_of_project(Connection& connection, const std::string& project_id)
{
    std::vector<std::string> keys;
    {
        auto row = connection.query("SELECT id FROM face_keys WHERE project_id = ?1", {project_id});
        while (row.next()) keys.push_back(row.text(0));
    }
    const auto number = keys.empty() ? 0 : next_change(connection, project_id);
    for (const auto& key : keys) name_destroyed(connection, key, project_id, number);
    for (const auto* sql :
         {"DELETE FROM faces WHERE project_id = ?1", "DELETE FROM face_keys WHERE project_id = ?1",
          "DELETE FROM consents WHERE project_id = ?1",
          "DELETE FROM seen_pictures WHERE project_id = ?1",
          "DELETE FROM biometric_validations WHERE validation_id IN"
          " (SELECT id FROM validations WHERE project_id = ?1)"}) {
        connection.run(sql, {project_id});
    }
}

void remember_pictures(Connection& connection, const std::string& project_id,
                       const std::string& user_id, const std::vector<SeenPicture>& pictures)
{
    for (const auto& picture : pictures) {
        connection.run(kRemember, {project_id, Blob{picture.digest}, picture.validation_id, user_id,
                                   biometrics::to_text(picture.seen_as), Blob{picture.sealed_print},
                                   picture.seen_at});
    }
}

std::optional<BiometricValidation> find_biometric(Connection& connection, const std::string& id)
{
    auto validation = find_validation(connection, id);
    if (!validation || validation->channel != contacts::Channel::Biometric) return std::nullopt;
    auto row = connection.query(kBiometric, {id});
    if (!row.next()) return std::nullopt;
    BiometricValidation found;
    found.validation = std::move(*validation);
    found.face_id = row.text(0);
    found.replaces = row.flag(1);
    found.advances_login = row.flag(2);
    found.needs_liveness = row.flag(3);
    found.challenge = row.text(4);
    found.challenged_at = row.time(5);
    found.face_done_at = row.optional_time(6);
    found.liveness_done_at = row.optional_time(7);
    found.assurance = projects::parse_assurance(row.text(8));
    found.takes_frames = row.flag(9);
    return found;
}

}  // namespace accessd::store
