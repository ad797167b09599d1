#include "store/sql/sql_biometric_store.h"

#include "store/sql/face_rows.h"
#include "store/sql/failure_rows.h"
#include "store/sql/limit_rows.h"
#include "store/sql/project_rows.h"
#include "store/sql/seen_picture_rows.h"
#include "store/sql/user_rows.h"
#include "store/sql/validation_rows.h"

namespace accessd::store {
namespace {

using biometrics::BiometricValidation;
using biometrics::CountedCall;
using biometrics::Person;
using biometrics::SeenPicture;
using events::EventType;

constexpr auto kStaleFaces = R"(
     FROM faces
    WHERE status = 'provisional' AND validation_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM validations v
                       WHERE v.id = faces.validation_id AND v.status = 'pending'
                         AND v.expires_at > ?1))";
constexpr auto kOldPictures = R"(
    DELETE FROM seen_pictures WHERE (project_id, digest, validation_id) IN
        (SELECT project_id, digest, validation_id FROM seen_pictures
          WHERE seen_at <= ?1 ORDER BY seen_at LIMIT ?2))";

void report_refusals(Connection& connection, EventWriter& events, const CountedCall& call,
                     std::int64_t count)
{
    events::Event event;
    event.project_id = call.project_id;
    event.type = EventType::SecurityRateLimited;
    event.at = call.now;
    event.user_id = call.user_id;
    event.channel = contacts::to_text(contacts::Channel::Biometric);
    event.reason = limits::kBiometricCalls.scope;
    event.count = count;
    event.test = call.test;
    events.write(connection, {event});
}

/// Whether there is anything for prune(): most calls find nothing, and a write costs a sync of the disk.
bool has_something_to_prune(Connection& connection, TimePoint now)
{
    static const auto faces = std::string{"SELECT 1"} + kStaleFaces + " LIMIT 1";
    {
        auto row = connection.query(faces, {now});
        if (row.next()) return true;
    }
    auto row = connection.query("SELECT 1 FROM seen_pictures WHERE seen_at <= ?1 LIMIT 1",
                                {now - biometrics::kPicturesRemembered});
    return row.next();
}

std::vector<biometrics::FaceRecord> stale_faces(Connection& connection, TimePoint now, int rows_max)
{
    static const auto sql = std::string{"SELECT "} + kFaceColumns + kStaleFaces + " LIMIT ?2";
    std::vector<biometrics::FaceRecord> faces;
    auto row = connection.query(sql, {now, rows_max});
    while (row.next()) faces.push_back(read_face(row));
    return faces;
}

}  // namespace

Result<limits::Decision> SqlBiometricStore::count_call(const CountedCall& call)
{
    auto claims = Claims::nothing();
    claim_window(claims, call.key);
    return database_.write(claims, [&](Connection& connection) -> Result<limits::Decision> {
        const auto counted =
            take_from_windows(connection, {{call.key, limits::kBiometricCalls}}, call.now, true);
        if (counted.decision.allowed) return counted.decision;
        if (counted.refused_to_report > 0) {
            report_refusals(connection, events_, call, counted.refused_to_report);
        }
        connection.keep();
        return limits::refusal(counted.decision, limits::kBiometricCalls);
    });
}

Result<Person> SqlBiometricStore::find_person(const std::string& project_id,
                                              const std::string& user_id)
{
    return database_.read([&](Connection& connection) -> Result<Person> {
        Person person;
        person.is_user = find_user(connection, project_id, user_id).has_value();
        person.key = find_face_key(connection, project_id, user_id);
        person.faces = active_faces(connection, project_id, user_id);
        person.is_locked =
            find_lock(connection, {project_id, projects::Method::Biometric, user_id}).has_value();
        return person;
    });
}

Result<std::optional<biometrics::FaceRecord>> SqlBiometricStore::find_face(
    const std::string& project_id, const std::string& face_id)
{
    static const auto sql =
        std::string{"SELECT "} + kFaceColumns + " FROM faces WHERE id = ?1 AND project_id = ?2";
    using Found = std::optional<biometrics::FaceRecord>;
    return database_.read([&](Connection& connection) -> Result<Found> {
        auto row = connection.query(sql, {face_id, project_id});
        if (!row.next()) return Found{};
        return Found{read_face(row)};
    });
}

Result<std::optional<BiometricValidation>> SqlBiometricStore::find(const std::string& id,
                                                                   const ProjectScope& scope)
{
    return database_.read(
        [&](Connection& connection) -> Result<std::optional<BiometricValidation>> {
            auto found = find_biometric(connection, id);
            if (found && !scope.allows(found->validation.project_id)) found.reset();
            return found;
        });
}

Result<std::vector<SeenPicture>> SqlBiometricStore::seen_pictures(
    const std::string& project_id, const std::string& user_id,
    const std::vector<std::string>& digests, TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<SeenPicture>> {
        auto seen = pictures_of_person(connection, project_id, user_id,
                                       now - biometrics::kPicturesRemembered);
        for (auto& picture : pictures_with(connection, project_id, digests)) {
            seen.push_back(std::move(picture));
        }
        return seen;
    });
}

Result<void> SqlBiometricStore::report_replay(const access::Validation& validation, bool test,
                                              TimePoint now)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        events_.write(connection,
                      {event_of(validation, EventType::SecurityImageReplayed, now, test)});
        return {};
    });
}

Result<int> SqlBiometricStore::prune(TimePoint now, int rows_max)
{
    ACCESSD_TRY(const bool is_any, database_.read([&](Connection& connection) -> Result<bool> {
        return has_something_to_prune(connection, now);
    }));
    if (!is_any) return 0;
    return database_.write([&](Connection& connection) -> Result<int> {
        const auto faces = stale_faces(connection, now, rows_max);
        FaceChange change{.now = now};
        for (const auto& face : faces) destroy_face(connection, face, {}, change);
        const int pictures =
            connection.run(kOldPictures, {now - biometrics::kPicturesRemembered, rows_max});
        return static_cast<int>(faces.size()) + pictures;
    });
}

}  // namespace accessd::store
